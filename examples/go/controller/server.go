// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"libvtune/bindings/go/vtune"
)

const (
	maxBody     = 1 << 20
	callTimeout = 30 * time.Second
)

func newServer(p placer) *http.Server {
	return &http.Server{
		Handler:           newHandler(p),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      callTimeout + 30*time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// An endpoint gets the body of a request and returns what is answered in JSON.
type endpoint func(ctx context.Context, body []byte) (any, error)

func newHandler(p placer) http.Handler {
	mux := http.NewServeMux()
	post := func(path string, call func(context.Context, placer, []byte) (any, error)) {
		bound := func(ctx context.Context, body []byte) (any, error) { return call(ctx, p, body) }
		mux.HandleFunc(path, serve(http.MethodPost, bound))
	}
	post("/v1/place", place)
	post("/v1/capacity", capacity)
	post("/v1/verify", verify)
	mux.HandleFunc("/v1/place/", func(w http.ResponseWriter, r *http.Request) {
		vm := strings.TrimPrefix(r.URL.Path, "/v1/place/")
		serve(http.MethodDelete, func(ctx context.Context, _ []byte) (any, error) {
			return struct{}{}, p.Release(ctx, vm)
		})(w, r)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, &httpError{http.StatusNotFound, "not_found", "There is nothing here"})
	})
	return mux
}

func place(ctx context.Context, p placer, body []byte) (any, error) {
	spec, err := vtune.ParseSpec(string(body))
	if err != nil {
		return nil, err
	}
	plan, err := p.Place(ctx, spec)
	if err != nil {
		spec.Close()
	}
	return plan, err
}

func capacity(ctx context.Context, p placer, body []byte) (any, error) {
	spec, err := vtune.ParseSpec(string(body))
	if err != nil {
		return nil, err
	}
	defer spec.Close()
	count, next, err := p.Capacity(ctx, spec)
	return struct {
		Count int         `json:"count"`
		Next  *vtune.Plan `json:"next"` // the first that no longer fits says what runs out
	}{count, next}, err
}

func verify(ctx context.Context, p placer, body []byte) (any, error) {
	var which struct {
		VM string `json:"vm"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&which); err != nil && len(body) > 0 {
		return nil, &httpError{http.StatusBadRequest, "document", err.Error()}
	}
	return p.Verify(ctx, which.VM)
}

// serve checks what is the same for all requests.
func serve(method string, call endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			writeError(w, &httpError{http.StatusMethodNotAllowed, "method", "Use " + method})
			return
		}
		if !isJSON(r) {
			writeError(w, &httpError{http.StatusUnsupportedMediaType, "media_type",
				"The body must be application/json"})
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			writeError(w, bodyError(err))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), callTimeout)
		defer cancel()
		answer, err := call(ctx, body)
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &httpError{http.StatusRequestEntityTooLarge, "too_large",
			fmt.Sprintf("The body is larger than %d bytes", tooLarge.Limit)}
	}
	return &httpError{http.StatusBadRequest, "body", "The body could not be read"}
}

func isJSON(r *http.Request) bool {
	header := r.Header.Get("Content-Type")
	if header == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(header)
	return err == nil && kind == "application/json"
}

func writeJSON(w http.ResponseWriter, status int, answer any) {
	text, err := json.Marshal(answer)
	if err != nil {
		status = http.StatusInternalServerError
		text = []byte(`{"error":{"code":"internal","message":"The answer cannot be written"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}
