// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"libvtune/bindings/go/vtune"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

func specOf(name string, vcpus int) string {
	return fmt.Sprintf(`{ "version": 1, "name": %q, "vcpus": %d, "memory": "1GiB" }`, name, vcpus)
}

// A host of 64 CPUs, and a server in front of it.
func testServer(t *testing.T) string {
	host, err := vtune.HostFromSynthetic("numa:2(memory=137438953472) core:16 pu:2")
	if err != nil {
		t.Fatal(err)
	}
	return serverOf(t, newLedger(host))
}

func serverOf(t *testing.T, p placer) string {
	server := httptest.NewServer(newHandler(p))
	t.Cleanup(func() {
		server.Close()
		p.Close()
	})
	return server.URL
}

type answer struct {
	status int
	text   []byte
	Error  answerError `json:"error"`
}

func send(t *testing.T, method, url, body string) answer {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return answer{}
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode}
	got.text, _ = io.ReadAll(response.Body)
	if kind := response.Header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("the answer is %s", kind)
	}
	if err := json.Unmarshal(got.text, &got); err != nil {
		t.Errorf("%v: %s", err, got.text)
	}
	return got
}

func cpusOf(t *testing.T, set string) (cpus []int) {
	for _, part := range strings.Split(set, ",") {
		ends := strings.SplitN(part, "-", 2)
		first, err := strconv.Atoi(ends[0])
		if err != nil {
			t.Fatal(err)
		}
		last, _ := strconv.Atoi(ends[len(ends)-1])
		for cpu := first; cpu <= last; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}

// Hundreds of clients at once: as many VMs are placed as fit, and no CPU is given twice.
func TestManyClients(t *testing.T) {
	const clients = 400
	url := testServer(t)
	var (
		group  sync.WaitGroup
		mutex  sync.Mutex
		holder = map[int]string{}
		placed int
	)
	slots := make(chan struct{}, 64)
	for i := 0; i < clients; i++ {
		group.Add(1)
		go func(name string) {
			defer group.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			got := send(t, http.MethodPost, url+"/v1/place", specOf(name, 2))
			if got.status == http.StatusConflict && got.Error.Code == "infeasible" {
				return
			}
			var plan vtune.PlanDocument
			if err := json.Unmarshal(got.text, &plan); err != nil || got.status != http.StatusOK {
				t.Errorf("%d %v %s", got.status, err, got.text)
				return
			}
			mutex.Lock()
			defer mutex.Unlock()
			placed++
			for _, cpu := range cpusOf(t, plan.HeldCPUs) {
				if other, twice := holder[cpu]; twice {
					t.Errorf("CPU %d is given to %s and %s", cpu, other, name)
				}
				holder[cpu] = name
			}
		}(fmt.Sprintf("vm%d", i))
		if i%20 == 0 {
			group.Add(1)
			go func() {
				defer group.Done()
				got := send(t, http.MethodPost, url+"/v1/capacity", specOf("x", 2))
				if got.status != http.StatusOK {
					t.Errorf("%d %s", got.status, got.text)
				}
				got = send(t, http.MethodPost, url+"/v1/verify", "{}")
				if got.status != http.StatusOK || !bytes.Contains(got.text, []byte(`"holds":true`)) {
					t.Errorf("%d %s", got.status, got.text)
				}
			}()
		}
	}
	group.Wait()
	if len(holder) > 64 || placed < 28 || placed > 32 {
		t.Errorf("%d VMs hold %d CPUs", placed, len(holder))
	}
}

func TestLife(t *testing.T) {
	url := testServer(t)
	steps := []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/v1/capacity", specOf("x", 32), 200, `"count":`},
		{"POST", "/v1/place", specOf("db01", 4), 200, `"vm":"db01"`},
		{"POST", "/v1/place", specOf("db01", 4), 409, `"placed"`},
		{"POST", "/v1/verify", `{ "vm": "db01" }`, 200, `"holds":true`},
		{"POST", "/v1/verify", "", 200, `"db01"`},
		{"POST", "/v1/verify", `{ "vm": "db02" }`, 404, `"not_placed"`},
		{"DELETE", "/v1/place/db02", "", 404, `"not_placed"`},
		{"DELETE", "/v1/place/db01", "", 200, `{}`},
		{"DELETE", "/v1/place/db01", "", 404, `"not_placed"`},
		{"POST", "/v1/place", specOf("big", 65), 409, `"reasons":[{"code":"cpus"`},
		{"POST", "/v1/place", `{ "version": 1, "vcpu": 4 }`, 400, `"where":"/vcpu"`},
		{"POST", "/v1/place", `{`, 400, `"syntax"`},
		{"POST", "/v1/place", "", 400, `"syntax"`},
		{"POST", "/v1/verify", `{ "name": "db01" }`, 400, `"document"`},
		{"POST", "/v1/place", strings.Repeat(" ", maxBody+1), 413, `"too_large"`},
		{"GET", "/v1/place", "", 405, `"method"`},
		{"POST", "/v1/place/db01", "", 405, `"method"`},
		{"GET", "/v2", "", 404, `"not_found"`},
	}
	for _, step := range steps {
		got := send(t, step.method, url+step.path, step.body)
		text := strings.NewReplacer(" ", "", "\n", "").Replace(string(got.text))
		if got.status != step.status || !strings.Contains(text, step.want) {
			t.Errorf("%s %s: %d %s", step.method, step.path, got.status, text)
		}
	}
	response, err := http.Post(url+"/v1/place", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnsupportedMediaType {
		t.Error(response.Status)
	}
}

func TestNothingForWhoHasGone(t *testing.T) {
	host, err := vtune.HostFromSynthetic("numa:1 core:4 pu:1")
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(host)
	defer l.Close()
	spec, err := vtune.ParseSpec(specOf("a", 1))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Place(ctx, spec); err != context.Canceled || len(l.vms) != 0 {
		t.Errorf("%v, and %d VMs are placed", err, len(l.vms))
	}
}

// The same by libvirt, whose test driver has a domain "test".
func TestLibvirt(t *testing.T) {
	p, err := newPlacer(context.Background(), "", "test:///default")
	if err != nil {
		t.Fatal(err)
	}
	url := serverOf(t, p)
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			got := send(t, "POST", url+"/v1/place", specOf("test", 2))
			if got.status != http.StatusOK {
				t.Errorf("%d %s", got.status, got.text)
			}
		}()
	}
	group.Wait()
	for _, body := range []string{`{ "vm": "test" }`, `{}`} {
		got := send(t, "POST", url+"/v1/verify", body)
		if got.status != http.StatusOK || !bytes.Contains(got.text, []byte(`"test"`)) {
			t.Errorf("%d %s", got.status, got.text)
		}
	}
	if got := send(t, "POST", url+"/v1/capacity", specOf("x", 2)); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := send(t, "POST", url+"/v1/place", specOf("missing", 2)); got.Error.Code != "libvirt" {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := send(t, "DELETE", url+"/v1/place/test", ""); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := send(t, "DELETE", url+"/v1/place/test", ""); got.Error.Code != "not_valid" {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// SIGTERM ends the service when the requests that are under way are answered.
func TestGracefulStop(t *testing.T) {
	address, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- run("127.0.0.1:0", "../../../tests/data/hosts/four-node.json", "",
			func(at net.Addr) { address <- at })
	}()
	var at string
	select {
	case a := <-address:
		at = a.String()
	case err := <-ended:
		t.Fatal(err)
	}
	body := specOf("slow", 2)
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/place HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n"+
		"Expect: 100-continue\r\n\r\n", at, len(body))
	reader := bufio.NewReader(conn)
	// The handler reads the body by now.
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatal(line, err)
	}
	reader.ReadString('\n')
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for try := 0; ; try++ {
		other, err := net.Dial("tcp", at)
		if err != nil {
			break // nobody listens any more
		}
		other.Close()
		if try == 500 {
			t.Fatal("it still listens")
		}
		time.Sleep(10 * time.Millisecond)
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended before the request: %v", err)
	default:
	}
	io.WriteString(conn, body)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(`"slow"`)) {
		t.Errorf("%v %s %s", err, response.Status, text)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestBadStarts(t *testing.T) {
	for name, err := range map[string]error{
		"no file":  run("127.0.0.1:0", "/nonexistent", "", nil),
		"no host":  run("127.0.0.1:0", "main.go", "", nil),
		"no URI":   run("127.0.0.1:0", "", "nonsense:///", nil),
		"no place": run("nonsense", "../../../tests/data/hosts/four-node.json", "", nil),
	} {
		if err == nil {
			t.Errorf("%s: it starts", name)
		}
	}
}
