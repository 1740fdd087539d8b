// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"context"
	"errors"
	"log"
	"net/http"

	"libvtune/bindings/go/vtune"
)

// httpError is a failure of the request itself.
type httpError struct {
	status        int
	code, message string
}

func (e *httpError) Error() string { return e.message }

// answerError is what clients see of an error.
type answerError struct {
	Code     string         `json:"code"`
	Message  string         `json:"message"`
	Where    string         `json:"where,omitempty"`     // a JSON path in the body
	Reasons  []vtune.Reason `json:"reasons,omitempty"`   // of "infeasible"
	WouldFit []vtune.Change `json:"would_fit,omitempty"` // of "infeasible"
}

var codes = map[vtune.Code]struct {
	status int
	name   string
}{
	vtune.ErrInvalid:     {http.StatusBadRequest, "invalid"},
	vtune.ErrSyntax:      {http.StatusBadRequest, "syntax"},
	vtune.ErrDocument:    {http.StatusBadRequest, "document"},
	vtune.ErrUnsupported: {http.StatusUnprocessableEntity, "unsupported"},
	vtune.ErrNotValid:    {http.StatusConflict, "not_valid"},
	vtune.ErrLimit:       {http.StatusServiceUnavailable, "limit"},
	vtune.ErrBusy:        {http.StatusServiceUnavailable, "busy"},
	vtune.ErrLibvirt:     {http.StatusBadGateway, "libvirt"},
}

func writeError(w http.ResponseWriter, err error) {
	status, answer := describe(err)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if status >= http.StatusInternalServerError {
		log.Print(err)
	}
	writeJSON(w, status, map[string]answerError{"error": answer})
}

func describe(err error) (status int, answer answerError) {
	var (
		request    *httpError
		infeasible *vtune.InfeasibleError
		failure    *vtune.Error
	)
	answer.Message = err.Error()
	switch {
	case errors.As(err, &request):
		answer.Code = request.code
		return request.status, answer
	case errors.Is(err, errPlaced):
		answer.Code = "placed"
		return http.StatusConflict, answer
	case errors.Is(err, errMissing):
		answer.Code = "not_placed"
		return http.StatusNotFound, answer
	case errors.As(err, &infeasible):
		answer.Code = "infeasible"
		answer.Reasons, answer.WouldFit = infeasible.Reasons, infeasible.WouldFit
		infeasible.Plan.Close()
		return http.StatusConflict, answer
	case errors.As(err, &failure):
		answer.Message, answer.Where = failure.Message, failure.Where
		if known, there := codes[failure.Code]; there {
			answer.Code = known.name
			return known.status, answer
		}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		answer.Code = "timeout"
		return http.StatusServiceUnavailable, answer
	}
	answer.Code = "internal"
	return http.StatusInternalServerError, answer
}
