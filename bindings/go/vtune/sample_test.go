// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// sampler makes documents that have every key, with large values, with the least ones, or
// with empty lists.
type sampler struct {
	*schema
	least, empty bool
	// What a key may have that is not written, by its place.
	defaults map[string]any
}

func (s *sampler) sample(path string, node jsonObject) any {
	node = s.at(node)
	if value, there := node["default"]; there {
		s.defaults[path] = value
	}
	if list := words(node); list != nil {
		if s.least {
			return list[0]
		}
		return list[len(list)-1]
	}
	if others := s.alternatives(node); len(others) > 0 {
		return s.sample(path, others[len(others)-1])
	}
	switch node["type"] {
	case "array":
		if _, some := node["minItems"]; s.empty && !some {
			return []any{}
		}
		items := node["items"].(jsonObject)
		return []any{s.sample(path+"/0", items), s.sample(path+"/1", items)}
	case "boolean":
		return !s.least
	case "integer", "number":
		least, _ := node["minimum"].(float64)
		if node["type"] == "number" {
			least += 1.5
		}
		if s.least || least+7 > most(node) {
			return least
		}
		return least + 7
	case "object":
		return s.sampleObject(path, node)
	}
	pattern, _ := node["pattern"].(string)
	length, _ := node["minLength"].(float64)
	if empty, err := regexp.Compile(pattern); s.least && length == 0 && err == nil &&
		empty.MatchString("") {
		return ""
	}
	return "x"
}

func most(node jsonObject) float64 {
	if most, there := node["maximum"].(float64); there {
		return most
	}
	return 1e9
}

func (s *sampler) sampleObject(path string, node jsonObject) any {
	properties, _ := node["properties"].(jsonObject)
	made := jsonObject{}
	for key, inside := range properties {
		at := path + "/" + key
		made[key] = s.sample(at, inside.(jsonObject))
		if list, is := made[key].([]any); is && len(list) == 0 && !required(node, key) {
			s.defaults[at] = list
		}
	}
	if inside, isMap := node["additionalProperties"].(jsonObject); isMap {
		made["7"] = s.sample(path+"/7", inside)
	}
	if strings.HasPrefix(path, "/reasons/") {
		// Those of memory have these in place of others.
		delete(made, "need_kib")
		delete(made, "have_kib")
	}
	return made
}

// mayGo says whether a key may be lost with a value that says no more than its absence.
func (s *sampler) mayGo(path string, value any) bool {
	switch value := value.(type) {
	case string:
		return value == "" && emptyTexts.MatchString(path)
	case float64:
		return value == 0 && strings.HasSuffix(path, "/page_kib")
	}
	return false
}

var emptyTexts = regexp.MustCompile("^/(vms/[0-9]/text|held_cpus|checks/[0-9]/current)$")

func required(node jsonObject, key string) bool {
	list, _ := node["required"].([]any)
	for _, each := range list {
		if each == key {
			return true
		}
	}
	return false
}

// lost tells each place where a document is not what it was.
func (s *sampler) lost(path string, before, after any) (found []string) {
	if list, is := before.([]any); is {
		other, _ := after.([]any)
		if len(other) != len(list) {
			return []string{fmt.Sprintf("%s: %v became %v", path, before, after)}
		}
		for i := range list {
			found = append(found, s.lost(fmt.Sprintf("%s/%d", path, i), list[i], other[i])...)
		}
		return found
	}
	if keys, is := before.(jsonObject); is {
		other, _ := after.(jsonObject)
		for key := range other {
			if _, there := keys[key]; !there {
				found = append(found, path+"/"+key+" came to it")
			}
		}
		for key, value := range keys {
			at := path + "/" + key
			if _, there := other[key]; there {
				found = append(found, s.lost(at, value, other[key])...)
			} else if preset, may := s.defaults[at]; !(may && reflect.DeepEqual(preset, value)) &&
				!s.mayGo(at, value) {
				found = append(found, fmt.Sprintf("%s: %v is lost", at, value))
			}
		}
		return found
	}
	if !reflect.DeepEqual(before, after) {
		return []string{fmt.Sprintf("%s: %v became %v", path, before, after)}
	}
	return nil
}

// Whatever a schema allows is still there when a type has read and written it.
func TestTypesKeepEverything(t *testing.T) {
	for name, kind := range documentTypes {
		s := readSchema(t, name)
		roots := s.alternatives(s.root)
		if len(roots) == 0 {
			roots = []jsonObject{s.root}
		}
		for _, root := range roots {
			for _, sampler := range []*sampler{
				{schema: s}, {schema: s, least: true}, {schema: s, empty: true},
			} {
				sampler.defaults = map[string]any{}
				before := sampler.sample("", root)
				read := reflect.New(kind)
				text := must[[]byte](t)(json.Marshal(before))
				if err := json.Unmarshal(text, read.Interface()); err != nil {
					t.Errorf("%s: %v: %s", name, err, text)
					continue
				}
				var after any
				text = must[[]byte](t)(json.Marshal(read.Interface()))
				if err := json.Unmarshal(text, &after); err != nil {
					t.Fatal(err)
				}
				for _, difference := range sampler.lost("", before, after) {
					t.Errorf("%s: %s", name, difference)
				}
			}
		}
	}
}
