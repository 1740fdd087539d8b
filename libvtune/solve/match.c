/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The assignment problem by shortest augmenting paths (Jonker and Volgenant; also
 * known as the Hungarian method). Weights are vectors that compare from left to
 * right: such vectors add and subtract as numbers do, which is all it needs. */
#include "solve.h"

/* Only terms that differ between weights are worked with: the others add the same
 * to every matching. */
static void find_terms(struct vtune__matching *m)
{
	size_t count = (size_t)(m->alike ? 1 : m->rows) * m->columns;
	const struct vtune__weight *first = NULL;
	bool differ[VTUNE__WEIGHTS] = { false };

	for (size_t i = 0; i < count; i++) {
		const struct vtune__weight *weight = &m->weights[i];

		if (!weight->possible)
			continue;
		if (!first)
			first = weight;
		for (unsigned int t = 0; t < VTUNE__WEIGHTS; t++)
			differ[t] |= weight->term[t] != first->term[t];
	}
	m->nterms = 0;
	for (unsigned int t = 0; t < VTUNE__WEIGHTS; t++)
		if (differ[t])
			m->terms[m->nterms++] = t;
}

static bool is_less(const struct vtune__matching *m, const struct vtune__weight *a,
		    const struct vtune__weight *b)
{
	for (unsigned int i = 0; i < m->nterms; i++) {
		unsigned int t = m->terms[i];

		if (a->term[t] != b->term[t])
			return a->term[t] < b->term[t];
	}
	return false;
}

static void add(const struct vtune__matching *m, struct vtune__weight *to,
		const struct vtune__weight *more)
{
	for (unsigned int i = 0; i < m->nterms; i++)
		to->term[m->terms[i]] += more->term[m->terms[i]];
}

static void subtract(const struct vtune__matching *m, struct vtune__weight *from,
		     const struct vtune__weight *less)
{
	for (unsigned int i = 0; i < m->nterms; i++)
		from->term[m->terms[i]] -= less->term[m->terms[i]];
}

int vtune__matching_init(struct vtune__matching *m, struct vtune__arena *arena, unsigned int rows,
			 unsigned int columns)
{
	size_t cells = (size_t)rows * columns;

	m->rows = rows;
	m->columns = columns;
	m->weights = vtune__arena_take(arena, cells, sizeof(*m->weights));
	m->column_of = vtune__arena_take(arena, rows, sizeof(*m->column_of));
	m->row_price = vtune__arena_take(arena, rows, sizeof(*m->row_price));
	m->column_price = vtune__arena_take(arena, columns, sizeof(*m->column_price));
	m->row_at = vtune__arena_take(arena, columns, sizeof(*m->row_at));
	m->way = vtune__arena_take(arena, columns, sizeof(*m->way));
	m->least = vtune__arena_take(arena, columns, sizeof(*m->least));
	m->done = vtune__arena_take(arena, columns, sizeof(*m->done));
	return arena->failed ? -1 : 0;
}

static const struct vtune__weight *weight_at(const struct vtune__matching *m, unsigned int row,
					     unsigned int column)
{
	return &m->weights[(m->alike ? 0 : (size_t)row * m->columns) + column];
}

struct vtune__weight vtune__matching_detour(const struct vtune__matching *m, unsigned int row,
					    unsigned int column)
{
	const struct vtune__weight *weight = weight_at(m, row, column);
	struct vtune__weight detour = { .possible = weight->possible };

	if (m->alike && (!detour.possible || !is_less(m, &m->least[0], weight)))
		return detour; /* one of the best columns */
	for (unsigned int i = 0; i < m->nterms && detour.possible; i++) {
		unsigned int t = m->terms[i];

		detour.term[t] =
			weight->term[t] -
			(m->alike ? m->least[0].term[t]
				  : m->row_price[row].term[t] + m->column_price[column].term[t]);
	}
	return detour;
}

/* Rows that are alike take the best columns: no more is needed. */
static bool solve_alike(struct vtune__matching *m)
{
	unsigned int count = 0;

	for (unsigned int c = 0; c < m->columns; c++) {
		const struct vtune__weight *weight = &m->weights[c];
		unsigned int place = count;

		if (!weight->possible)
			continue;
		if (count == m->rows && !is_less(m, weight, &m->weights[m->column_of[count - 1]]))
			continue;
		if (count < m->rows)
			count++;
		else
			place--;
		while (place > 0 && is_less(m, weight, &m->weights[m->column_of[place - 1]])) {
			m->column_of[place] = m->column_of[place - 1];
			place--;
		}
		m->column_of[place] = (int)c;
	}
	if (count == m->rows)
		m->least[0] = m->weights[m->column_of[count - 1]];
	return count == m->rows;
}

/* Look from a row at all columns that are not done; came is the column over which
 * the row was reached, -1 at the start. */
static void look(struct vtune__matching *m, unsigned int row, int came,
		 const struct vtune__weight *far)
{
	for (unsigned int c = 0; c < m->columns; c++) {
		struct vtune__weight here;

		if (m->done[c] || !weight_at(m, row, c)->possible)
			continue;
		here = vtune__matching_detour(m, row, c);
		add(m, &here, far);
		if (m->least[c].possible && !is_less(m, &here, &m->least[c]))
			continue;
		m->least[c] = here;
		m->way[c] = came;
	}
}

static int nearest(const struct vtune__matching *m)
{
	int best = -1;

	for (unsigned int c = 0; c < m->columns; c++) {
		if (m->done[c] || !m->least[c].possible)
			continue;
		if (best < 0 || is_less(m, &m->least[c], &m->least[best]))
			best = (int)c;
	}
	return best;
}

/* Prices follow the path, so that no detour is ever below nothing. */
static void reprice(struct vtune__matching *m, unsigned int start, const struct vtune__weight *far)
{
	add(m, &m->row_price[start], far);
	for (unsigned int c = 0; c < m->columns; c++) {
		struct vtune__weight change = *far;

		if (!m->done[c])
			continue;
		subtract(m, &change, &m->least[c]);
		subtract(m, &m->column_price[c], &change);
		add(m, &m->row_price[m->row_at[c]], &change);
	}
}

static bool augment(struct vtune__matching *m, unsigned int start)
{
	struct vtune__weight far = { .possible = true };
	unsigned int row = start;
	int came = -1;

	for (unsigned int c = 0; c < m->columns; c++) {
		m->done[c] = false;
		m->least[c].possible = false;
	}
	for (;;) {
		look(m, row, came, &far);
		came = nearest(m);
		if (came < 0)
			return false;
		far = m->least[came];
		if (m->row_at[came] < 0)
			break;
		m->done[came] = true;
		row = (unsigned int)m->row_at[came];
	}
	reprice(m, start, &far);
	while (came >= 0) {
		int before = m->way[came];

		m->row_at[came] = before < 0 ? (int)start : m->row_at[before];
		came = before;
	}
	return true;
}

static bool solve_unlike(struct vtune__matching *m)
{
	const struct vtune__weight nothing = { .possible = true };

	for (unsigned int c = 0; c < m->columns; c++) {
		m->row_at[c] = -1;
		m->column_price[c] = nothing;
	}
	for (unsigned int r = 0; r < m->rows; r++)
		m->row_price[r] = nothing;
	for (unsigned int r = 0; r < m->rows; r++)
		if (!augment(m, r))
			return false;
	for (unsigned int c = 0; c < m->columns; c++)
		if (m->row_at[c] >= 0)
			m->column_of[m->row_at[c]] = (int)c;
	return true;
}

bool vtune__matching_solve(struct vtune__matching *m)
{
	find_terms(m);
	m->total = (struct vtune__weight){ .possible = true };
	if (!(m->alike ? solve_alike(m) : solve_unlike(m)))
		return false;
	for (unsigned int r = 0; r < m->rows; r++) {
		const struct vtune__weight *weight = weight_at(m, r, (unsigned int)m->column_of[r]);

		for (unsigned int t = 0; t < VTUNE__WEIGHTS; t++)
			m->total.term[t] += weight->term[t];
	}
	return true;
}
