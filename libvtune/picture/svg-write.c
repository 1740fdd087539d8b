/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "svg.h"

/* The length of the character at text when it is one that XML 1.0 holds, in
 * the shortest UTF-8; else 0. */
static size_t character_length(const unsigned char *text)
{
	unsigned int length = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code = text[0] & mask[length];

	if (length == 1)
		return code >= 0x20 || code == '\t' || code == '\n' || code == '\r';
	if (text[0] < 0xc0 || text[0] > 0xf4)
		return 0;
	for (unsigned int i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ||
	    code == 0xfffe || code == 0xffff)
		return 0;
	return length;
}

static const char *entity_of(char character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void escape_some(struct vtune__text *out, const char *text, unsigned int characters)
{
	for (; *text && characters > 0; characters--) {
		size_t length = character_length((const unsigned char *)text);
		const char *entity = entity_of(*text);

		if (length == 0)
			vtune__text_add(out, "\xef\xbf\xbd");
		else if (entity)
			vtune__text_add(out, entity);
		else
			vtune__text_add_bytes(out, text, length);
		text += length ? length : 1;
	}
}

void vtune__svg_escape(struct vtune__text *out, const char *text)
{
	escape_some(out, text, UINT32_MAX);
}

/* What sans-serif text takes in the wider fonts. */
unsigned int vtune__svg_width(unsigned int characters, unsigned int font)
{
	return characters * font * 29 / 50;
}

unsigned int vtune__svg_characters(unsigned int width, unsigned int font)
{
	return width * 50 / (font * 29);
}

void vtune__svg_text(struct vtune__text *out, unsigned int x, unsigned int y, const char *class,
		     const char *text, unsigned int width, unsigned int font)
{
	unsigned int length = vtune__text_width(text);
	unsigned int most = width ? vtune__svg_characters(width, font) : length;

	vtune__text_addf(out, "<text x=\"%u\" y=\"%u\" class=\"%s\">", x, y, class);
	if (length > most && most > 1) {
		escape_some(out, text, most - 1);
		vtune__text_add(out, "\xe2\x80\xa6"); /* an ellipsis */
	} else {
		vtune__svg_escape(out, text);
	}
	vtune__text_add(out, "</text>\n");
}

void vtune__svg_box(struct vtune__text *out, unsigned int x, unsigned int y, unsigned int width,
		    unsigned int height, unsigned int radius, const char *class)
{
	vtune__text_addf(out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"", x, y, width,
			 height);
	if (radius > 0)
		vtune__text_addf(out, " rx=\"%u\"", radius);
	vtune__text_addf(out, " class=\"%s\"", class);
}

void vtune__svg_end_box(struct vtune__text *out, const char *title)
{
	if (!title) {
		vtune__text_add(out, "/>\n");
		return;
	}
	vtune__text_add(out, "><title>");
	vtune__svg_escape(out, title);
	vtune__text_add(out, "</title></rect>\n");
}

const char *vtune__svg_look_class(enum vtune__look look, unsigned int number)
{
	static const char *const classes[VTUNE__LOOKS] = {
		[VTUNE__LOOK_VCPU] = "c v",	[VTUNE__LOOK_EMULATOR] = "c e",
		[VTUNE__LOOK_IOTHREAD] = "c t", [VTUNE__LOOK_IDLE] = "c i",
		[VTUNE__LOOK_FLOAT] = "c f",	[VTUNE__LOOK_OTHER] = "c ox",
		[VTUNE__LOOK_RESERVED] = "c r", [VTUNE__LOOK_SHARED] = "c s",
		[VTUNE__LOOK_FREE] = "c n",	[VTUNE__LOOK_ISOLATED] = "c l",
		[VTUNE__LOOK_OFFLINE] = "c x",
	};
	static const char *const others[VTUNE__OTHER_COLOURS] = { "c o0", "c o1", "c o2",
								  "c o3", "c o4", "c o5" };

	if (look == VTUNE__LOOK_OTHER && number < VTUNE__OTHER_COLOURS)
		return others[number];
	return classes[look];
}

const char *const vtune__svg_part_classes[VTUNE__PARTS] = {
	[VTUNE__PART_VM] = "mv",
	[VTUNE__PART_OTHERS] = "mo",
	[VTUNE__PART_USED] = "mu",
	[VTUNE__PART_FREE] = "mf",
};

/* Hues that stay apart with any kind of colour blindness; letters and patterns
 * say the same again. Everything hangs on one class, so that the document can
 * stand inside a page. */
const char vtune__svg_style[] =
	"<style>\n"
	".vtune{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\n"
	".vtune text{fill:#1f2933;font-size:13px}\n"
	".vtune .page{fill:#f5f7f9}\n"
	".vtune .h1{font-size:24px;font-weight:600}\n"
	".vtune .h2{font-size:15px;font-weight:600}\n"
	".vtune .sub,.vtune .dim,.vtune .why{fill:#5d6975}\n"
	".vtune .sub{font-size:14px}\n"
	".vtune .dim,.vtune .own{font-size:12px}\n"
	".vtune .own{fill:#0b5a9c;font-weight:600}\n"
	".vtune .warn{fill:#9a3f06}\n"
	".vtune .end{text-anchor:end}\n"
	".vtune .mid{text-anchor:middle}\n"
	".vtune .card{fill:#fff;stroke:#d5dbe1}\n"
	".vtune .used{stroke:#0b5a9c;stroke-width:2}\n"
	".vtune .g{fill:#eef1f4;stroke:#d5dbe1}\n"
	".vtune .k{fill:#d9dfe5}\n"
	".vtune .n{fill:#fff;stroke:#b9c3cd}\n"
	".vtune .mf{fill:#fff}\n"
	".vtune .l{fill:#fff;stroke:#4a5a6a;stroke-dasharray:2 2}\n"
	".vtune .v,.vtune .mv{fill:#0b5a9c}\n"
	".vtune .e{fill:#c04a06}\n"
	".vtune .t{fill:#f0ad3e}\n"
	".vtune .i{fill:url(#vtune-idle);stroke:#9fc3e2}\n"
	".vtune .f{fill:#8cc8ee}\n"
	".vtune .o0,.vtune .mo{fill:#b793bd}\n"
	".vtune .o1{fill:#7ab8a0}\n"
	".vtune .o2{fill:#d9c46a}\n"
	".vtune .o3{fill:#b09a86}\n"
	".vtune .o4{fill:#d99c94}\n"
	".vtune .o5{fill:#98a562}\n"
	".vtune .ox{fill:#a9b1b9}\n"
	".vtune .r{fill:#56616d}\n"
	".vtune .s{fill:#dcebd3;stroke:#8fae7d}\n"
	".vtune .x{fill:url(#vtune-offline);stroke:#cfd6dd}\n"
	".vtune .mu{fill:#8b96a1}\n"
	".vtune .d0{fill:#eef3f7}\n"
	".vtune .d1{fill:#d6e4ef}\n"
	".vtune .d2{fill:#b7cfe2}\n"
	".vtune .d3{fill:#94b6d2}\n"
	".vtune .d4{fill:#6f9bc0}\n"
	".vtune .frame{fill:none;stroke:#b9c3cd}\n"
	".vtune .in{pointer-events:none;text-anchor:middle;fill:#1f2933}\n"
	".vtune .num{font-size:12px;fill:#1f2933}\n"
	".vtune .w{fill:#fff}\n"
	".vtune .no{pointer-events:none;text-anchor:middle;fill:#3a4652}\n"
	".vtune .wo{fill:#dbe7f2}\n"
	"@media (prefers-color-scheme:dark){\n"
	".vtune text{fill:#e3e8ed}\n"
	".vtune .page{fill:#14181d}\n"
	".vtune .sub,.vtune .dim,.vtune .why{fill:#9aa6b2}\n"
	".vtune .own{fill:#7cc0f5}\n"
	".vtune .warn{fill:#f2a65a}\n"
	".vtune .card{fill:#1d232a;stroke:#37414b}\n"
	".vtune .used{stroke:#4ba3e3}\n"
	".vtune .g{fill:#262d35;stroke:#37414b}\n"
	".vtune .k{fill:#37414b}\n"
	".vtune .n{fill:#1d232a;stroke:#56616d}\n"
	".vtune .mf{fill:#1d232a}\n"
	".vtune .frame{stroke:#56616d}\n"
	".vtune .l{fill:#1d232a;stroke:#b9c3cd}\n"
	".vtune .v,.vtune .mv{fill:#2f86cc}\n"
	".vtune .in{fill:#14181d}\n"
	".vtune .w{fill:#fff}\n"
	".vtune .num{fill:#1f2933}\n"
	".vtune .po{fill:#9aa6b2}\n"
	"}\n"
	"</style>\n"
	"<defs>\n"
	"<pattern id=\"vtune-idle\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
	"patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#dbe9f5\"/>"
	"<rect width=\"2\" height=\"6\" fill=\"#9fc3e2\"/></pattern>\n"
	"<pattern id=\"vtune-offline\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
	"patternTransform=\"rotate(-45)\"><rect width=\"6\" height=\"6\" fill=\"#f5f7f9\"/>"
	"<rect width=\"1\" height=\"6\" fill=\"#aab4be\"/></pattern>\n"
	"</defs>\n";
