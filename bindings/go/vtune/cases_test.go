// SPDX-License-Identifier: LGPL-2.1-or-later

package vtune

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

// The table of cases that the C library and its bindings share: see tests/test-cases.c.
type sharedCase struct {
	Host      json.RawMessage `json:"host"`
	Spec      json.RawMessage `json:"spec"`
	WorkLimit uint64          `json:"work_limit"`
	Plan      json.RawMessage `json:"plan"`
	Error     *struct {
		Code  Code   `json:"code"`
		Where string `json:"where"`
	} `json:"error"`
}

// textOf returns a document of a case as text: a string stands for itself.
func textOf(document json.RawMessage) string {
	var text string
	if json.Unmarshal(document, &text) == nil {
		return text
	}
	return string(document)
}

func (c *sharedCase) place() (*Plan, error) {
	host, err := ParseHost(textOf(c.Host))
	if err != nil {
		return nil, err
	}
	defer host.Close()
	spec, err := ParseSpec(textOf(c.Spec))
	if err != nil {
		return nil, err
	}
	defer spec.Close()
	plan, err := host.Place(spec, WorkLimit(c.WorkLimit))
	var infeasible *InfeasibleError
	if errors.As(err, &infeasible) {
		return infeasible.Plan, nil
	}
	return plan, err
}

func compact(t *testing.T, text []byte) string {
	var result bytes.Buffer
	if err := json.Compact(&result, text); err != nil {
		t.Fatal(err)
	}
	return result.String()
}

func TestCases(t *testing.T) {
	eachFile(t, "tests/cases/*.json", func(t *testing.T, text string) {
		var c sharedCase
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatal(err)
		}
		plan, err := c.place()
		if c.Error == nil {
			if err != nil {
				t.Fatal(err)
			}
			if got := must[string](t)(plan.JSON()); compact(t, []byte(got)) != compact(t, c.Plan) {
				t.Errorf("the plan is\n%s\nnot\n%s", got, c.Plan)
			}
			return
		}
		if failure := wantCode(t, err, c.Error.Code); failure.Where != c.Error.Where {
			t.Errorf("the error is %+v, not at %s", failure, c.Error.Where)
		}
	})
}
