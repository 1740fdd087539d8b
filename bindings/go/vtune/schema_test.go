// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"
)

// The documents as types, by the names of their schemas.
var documentTypes = map[string]reflect.Type{
	"host":    reflect.TypeOf(HostDocument{}),
	"plan":    reflect.TypeOf(PlanDocument{}),
	"profile": reflect.TypeOf(ProfileDocument{}),
	"report":  reflect.TypeOf(ReportDocument{}),
	"spec":    reflect.TypeOf(SpecDocument{}),
	"tuning":  reflect.TypeOf(TuningDocument{}),
}

// shape is what a schema and a type are compared as: what a value may be.
type shape struct {
	scalars map[string]bool // string, integer, number, boolean
	list    *shape
	values  *shape // of an object with any keys
	keys    map[string]*shape
	free    bool // any object
}

// add lets s be what o is, too. Objects become one that has the keys of both.
func (s *shape) add(o *shape) {
	for scalar := range o.scalars {
		if s.scalars == nil {
			s.scalars = map[string]bool{}
		}
		s.scalars[scalar] = true
	}
	addTo(&s.list, o.list)
	addTo(&s.values, o.values)
	s.free = s.free || o.free
	for key, inside := range o.keys {
		if s.keys == nil {
			s.keys = map[string]*shape{}
		}
		into := s.keys[key]
		addTo(&into, inside)
		s.keys[key] = into
	}
}

func addTo(into **shape, from *shape) {
	if from == nil {
		return
	}
	if *into == nil {
		*into = &shape{}
	}
	(*into).add(from)
}

func (s *shape) kinds() string {
	var kinds []string
	for scalar := range s.scalars {
		kinds = append(kinds, scalar)
	}
	for kind, there := range map[string]bool{"list": s.list != nil, "map": s.values != nil,
		"keys": s.keys != nil, "object": s.free} {
		if there {
			kinds = append(kinds, kind)
		}
	}
	sort.Strings(kinds)
	return strings.Join(kinds, "|")
}

func scalar(kinds ...string) *shape {
	s := &shape{scalars: map[string]bool{}}
	for _, kind := range kinds {
		s.scalars[kind] = true
	}
	return s
}

type jsonObject = map[string]any

// schema is a JSON schema, as far as those of this project go.
type schema struct{ root jsonObject }

func readSchema(t *testing.T, name string) *schema {
	text := must[[]byte](t)(os.ReadFile("../../../data/schema/vtune-" + name + "-1.schema.json"))
	s := &schema{jsonObject{}}
	if err := json.Unmarshal(text, &s.root); err != nil {
		t.Fatal(err)
	}
	if name == "host" {
		// The types have sizes as the library writes them.
		s.root["$defs"].(jsonObject)["size"] = jsonObject{"type": "integer", "minimum": 0.0}
	}
	return s
}

// at follows references. What stands beside one is laid over what it is to.
func (s *schema) at(node jsonObject) jsonObject {
	for {
		to, there := node["$ref"].(string)
		if !there {
			return node
		}
		definition := s.root["$defs"].(jsonObject)[strings.TrimPrefix(to, "#/$defs/")].(jsonObject)
		merged := jsonObject{}
		for key, value := range definition {
			merged[key] = value
		}
		for key, value := range node {
			if key != "$ref" {
				merged[key] = value
			}
		}
		node = merged
	}
}

// alternatives are the members of oneOf or anyOf; not those that only say what is required.
func (s *schema) alternatives(node jsonObject) (found []jsonObject) {
	for _, key := range []string{"oneOf", "anyOf"} {
		list, _ := node[key].([]any)
		for _, each := range list {
			if _, only := each.(jsonObject)["required"]; !only || each.(jsonObject)["properties"] != nil {
				found = append(found, s.at(each.(jsonObject)))
			}
		}
	}
	return found
}

func (s *schema) shape(node jsonObject) *shape {
	node = s.at(node)
	found := &shape{}
	for _, each := range s.alternatives(node) {
		found.add(s.shape(each))
	}
	for _, word := range words(node) {
		switch word.(type) {
		case string:
			found.add(scalar("string"))
		case bool:
			found.add(scalar("boolean"))
		default:
			found.add(scalar("integer"))
		}
	}
	if words(node) != nil {
		return found
	}
	properties, _ := node["properties"].(jsonObject)
	switch kind, _ := node["type"].(string); kind {
	case "":
	case "array":
		found.list = s.shape(node["items"].(jsonObject))
	case "object":
		inside, isMap := node["additionalProperties"].(jsonObject)
		switch {
		case properties != nil:
			found.keys = map[string]*shape{}
			for key, inside := range properties {
				found.keys[key] = s.shape(inside.(jsonObject))
			}
		case isMap:
			found.values = s.shape(inside)
		default:
			found.free = true
		}
	default:
		found.add(scalar(kind))
	}
	return found
}

func words(node jsonObject) []any {
	if word, there := node["const"]; there {
		return []any{word}
	}
	list, _ := node["enum"].([]any)
	return list
}

// wide are the types that take several kinds of values.
func wide(kind reflect.Type) *shape {
	switch reflect.New(kind).Elem().Interface().(type) {
	case Size, Queues, IOThreadIDs:
		return scalar("string", "integer")
	case Choice:
		return scalar("string", "boolean")
	case json.RawMessage:
		return &shape{free: true}
	case Cells:
		s := scalar("string", "integer")
		s.list = shapeOf(reflect.TypeOf(CellSpec{}))
		return s
	case WordWish:
		s := scalar("string")
		s.list = scalar("string")
		return s
	case NumberWish:
		s := shapeOf(reflect.TypeOf(NumberRange{}))
		s.add(scalar("integer"))
		s.list = scalar("integer")
		return s
	}
	return nil
}

func shapeOf(kind reflect.Type) *shape {
	if known := wide(kind); known != nil {
		return known
	}
	switch kind.Kind() {
	case reflect.Pointer:
		return shapeOf(kind.Elem())
	case reflect.Slice:
		return &shape{list: shapeOf(kind.Elem())}
	case reflect.Map:
		return &shape{values: shapeOf(kind.Elem())}
	case reflect.String:
		return scalar("string")
	case reflect.Bool:
		return scalar("boolean")
	case reflect.Float64:
		return scalar("number")
	case reflect.Struct:
		return shapeOfFields(kind)
	}
	return scalar("integer")
}

func shapeOfFields(kind reflect.Type) *shape {
	s := &shape{keys: map[string]*shape{}}
	for i := 0; i < kind.NumField(); i++ {
		field := kind.Field(i)
		switch key := strings.Split(field.Tag.Get("json"), ",")[0]; {
		case key == "-":
			// In its place, not in an object.
			s.add(shapeOf(field.Type))
		case kind == reflect.TypeOf(IOThreadSpec{}) && key == "count":
			s.keys[key] = scalar("string", "integer") // nil is "auto"
		default:
			s.keys[key] = shapeOf(field.Type)
		}
	}
	return s
}

// differences tells each place where a schema and a type are not alike.
func differences(path string, want, have *shape) (found []string) {
	if want == nil || have == nil {
		if want != have {
			found = append(found, fmt.Sprintf("%s is in the schema: %v", path, want != nil))
		}
		return found
	}
	if want.kinds() != have.kinds() {
		found = append(found, fmt.Sprintf("%s is %s in the schema, %s in the type", path,
			want.kinds(), have.kinds()))
		return found
	}
	if want.list != nil {
		found = append(found, differences(path+"/*", want.list, have.list)...)
	}
	if want.values != nil {
		found = append(found, differences(path+"/*", want.values, have.values)...)
	}
	for key := range want.keys {
		found = append(found, differences(path+"/"+key, want.keys[key], have.keys[key])...)
	}
	for key := range have.keys {
		if want.keys[key] == nil {
			found = append(found, differences(path+"/"+key, nil, have.keys[key])...)
		}
	}
	return found
}

func TestTypesAreTheSchemas(t *testing.T) {
	files := must[[]string](t)(filepath.Glob("../../../data/schema/*.json"))
	if len(files) != len(documentTypes)+1 { // the record for undoing is the library's own
		t.Errorf("there are %d schemas: %v", len(files), files)
	}
	for name, kind := range documentTypes {
		s := readSchema(t, name)
		for _, difference := range differences("", s.shape(s.root), shapeOf(kind)) {
			t.Errorf("%s: %s", name, difference)
		}
	}
}

func TestDifferencesAreFound(t *testing.T) {
	s := readSchema(t, "spec")
	disk := s.root["$defs"].(jsonObject)["disk"].(jsonObject)["properties"].(jsonObject)
	disk["new"] = jsonObject{"type": "string"}
	disk["readonly"] = jsonObject{"type": "integer"}
	delete(disk, "rawio")
	found := strings.Join(differences("", s.shape(s.root), shapeOf(documentTypes["spec"])), "\n")
	for _, line := range []string{"/disks/*/new is in the schema: true",
		"/disks/*/rawio is in the schema: false",
		"/disks/*/readonly is integer in the schema, boolean in the type"} {
		if !strings.Contains(found, line) {
			t.Errorf("%q is not among\n%s", line, found)
		}
	}
}
