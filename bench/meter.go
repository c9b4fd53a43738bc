package main

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync/atomic"
)

// A meter is in front of a server, and counts the bytes that pass, headers included.
type meter struct {
	listener net.Listener
	server   *url.URL
	down, up atomic.Int64
}

// newMeter starts a meter in front of the server of a URL.
func newMeter(server string) (*meter, error) {
	target, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &meter{listener: listener, server: target}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // It is closed.
			}
			go m.pass(client)
		}
	}()
	return m, nil
}

// url is that of the server, by way of the meter.
func (m *meter) url() string { return m.server.Scheme + "://" + m.listener.Addr().String() }

func (m *meter) close() error { return m.listener.Close() }

// megabytes returns what has come from the server, and what was sent to it.
func (m *meter) megabytes() (down, up float64) {
	return float64(m.down.Load()) / 1e6, float64(m.up.Load()) / 1e6
}

// pass passes a connection on. What goes wrong, the client sees as its end.
func (m *meter) pass(client net.Conn) error {
	defer client.Close()
	server, err := net.Dial("tcp", m.server.Host)
	if err != nil {
		return err
	}
	defer server.Close()
	go func() {
		_, err := io.Copy(counter{server, &m.up}, client)
		if err = errors.Join(err, server.(*net.TCPConn).CloseWrite()); err != nil {
			server.Close()
		}
	}()
	_, err = io.Copy(counter{client, &m.down}, server)
	return err
}

// A counter is a writer that counts bytes, before anyone has them.
type counter struct {
	io.Writer
	bytes *atomic.Int64
}

func (c counter) Write(data []byte) (int, error) {
	c.bytes.Add(int64(len(data)))
	return c.Writer.Write(data)
}
