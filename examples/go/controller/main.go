// SPDX-License-Identifier: LGPL-2.1-or-later

// Command controller places VMs for its HTTP clients, without giving a CPU or page twice:
//
//	controller --host host.json              keeps account in its memory
//	controller --connect qemu:///system      sets plans on the domains of libvirt
//
//	POST   /v1/place           a spec; the answer is the plan, which holds from then on
//	DELETE /v1/place/NAME      give up what a VM holds
//	POST   /v1/capacity        a spec; the answer says how many more such VMs fit
//	POST   /v1/verify          { "vm": NAME }, or {} for all: do they stand where they should
//
// A failure is { "error": { "code", "message", "where", ... } } with a fitting status. There
// is no access control here: listen on an address that only friends can reach.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"libvtune/bindings/go/vtune"
)

// How long requests that are under way may take after SIGTERM.
const stopTimeout = 30 * time.Second

func main() {
	address := flag.String("listen", "127.0.0.1:8080", "the `address` to listen on")
	hostFile := flag.String("host", "", "a host document; the default is this machine")
	uri := flag.String("connect", "", "the `URI` of a libvirt connection")
	flag.Parse()
	if flag.NArg() != 0 || *hostFile != "" && *uri != "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*address, *hostFile, *uri, func(net.Addr) {}); err != nil {
		log.Fatal(err)
	}
}

// run serves until SIGTERM or SIGINT. started is told where.
func run(address, hostFile, uri string, started func(net.Addr)) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	placer, err := newPlacer(ctx, hostFile, uri)
	if err != nil {
		return err
	}
	defer placer.Close()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := newServer(placer)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	log.Printf("listening on %v", listener.Addr())
	started(listener.Addr())

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stop() // a second signal ends the process at once
	log.Print("stopping")
	last, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return fmt.Errorf("requests were still under way: %w", err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func newPlacer(ctx context.Context, hostFile, uri string) (placer, error) {
	if uri != "" {
		conn, err := vtune.Open(ctx, uri)
		if err != nil {
			return nil, err
		}
		return &domains{conn}, nil
	}
	if hostFile == "" {
		host, err := vtune.SystemHost()
		if err != nil {
			return nil, err
		}
		return newLedger(host), nil
	}
	document, err := os.ReadFile(hostFile)
	if err != nil {
		return nil, err
	}
	host, err := vtune.ParseHost(string(document))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", hostFile, err)
	}
	return newLedger(host), nil
}
