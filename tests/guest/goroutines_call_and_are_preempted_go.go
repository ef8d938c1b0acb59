// Goroutines on several threads make calls of all kinds, among others that only compute and are
// preempted by signals; memory is collected meanwhile, children are made, and signals counted.
// Go makes its calls by instructions of its own, at sites that look like no C library's.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	workers  = 6
	rounds   = 150
	children = 4
	kills    = 20
)

func die(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		_, file, line, _ := runtime.Caller(1)
		die("%s:%d: %v", file, line, err)
	}
}

// calls are right whatever thread they are made on.
func calls(n int) {
	name := fmt.Sprintf("file-%d", n)
	pid, parent := os.Getpid(), os.Getppid()

	for i := 0; i < rounds; i++ {
		want := bytes.Repeat([]byte{byte(n), byte(i)}, 50+i)
		must(os.WriteFile(name, want, 0600))
		st, err := os.Stat(name)
		must(err)
		got, err := os.ReadFile(name)
		must(err)
		if st.Size() != int64(len(want)) || !bytes.Equal(got, want) {
			die("%s: %d bytes, want %d", name, len(got), len(want))
		}
		if os.Getpid() != pid || os.Getppid() != parent {
			die("another process")
		}
		if _, err = os.Stat(name + "-none"); !os.IsNotExist(err) {
			die("a file that is not there: %v", err)
		}
		if i%64 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	must(os.Remove(name))
}

// pipes block threads; what is written is read, in order.
func pipes() {
	r, w, err := os.Pipe()
	must(err)
	go func() {
		for i := 0; i < rounds; i++ {
			_, err := w.Write(bytes.Repeat([]byte{byte(i)}, i+1))
			must(err)
		}
		must(w.Close())
	}()
	for i := 0; i < rounds; i++ {
		got := make([]byte, i+1)
		_, err := io.ReadFull(r, got)
		must(err)
		if got[0] != byte(i) || got[i] != byte(i) {
			die("the pipe brings %v in round %d", got[0], i)
		}
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		die("after the end: %d, %v", n, err)
	}
	must(r.Close())
}

// sockets go through epoll.
func sockets() {
	l, err := net.Listen("unix", "socket")
	must(err)
	go func() {
		c, err := l.Accept()
		must(err)
		_, err = io.Copy(c, c)
		must(err)
		must(c.Close())
	}()
	c, err := net.Dial("unix", "socket")
	must(err)
	for i := 0; i < rounds; i++ {
		msg := []byte(fmt.Sprintf("message %d", i))
		_, err := c.Write(msg)
		must(err)
		got := make([]byte, len(msg))
		_, err = io.ReadFull(c, got)
		must(err)
		if !bytes.Equal(got, msg) {
			die("the socket brings %q", got)
		}
	}
	must(c.Close())
	must(l.Close())
}

func child() {
	for i := 0; i < children; i++ {
		out, err := exec.Command("/proc/self/exe", "child", fmt.Sprint(i)).Output()
		must(err)
		if string(out) != fmt.Sprintf("child %d", i) {
			die("the child says %q", out)
		}
	}
}

func signals() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	for i := 0; i < kills; i++ {
		must(syscall.Kill(os.Getpid(), syscall.SIGUSR1))
		select {
		case <-c:
		case <-time.After(20 * time.Second):
			die("signal %d does not come", i)
		}
	}
	signal.Stop(c)
}

func main() {
	var wg sync.WaitGroup
	var over int32
	var sum uint64

	if len(os.Args) == 3 {
		fmt.Printf("child %s", os.Args[2])
		return
	}
	runtime.GOMAXPROCS(4)
	// They never call: only a signal takes their thread from them.
	for i := 0; i < 3; i++ {
		go func() {
			for n := uint64(1); atomic.LoadInt32(&over) == 0; n++ {
				for k := 0; k < 1000; k++ {
					n ^= n<<13 ^ n>>7
				}
				atomic.AddUint64(&sum, n)
			}
		}()
	}
	run := func(f func()) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f()
		}()
	}
	for i := 0; i < workers; i++ {
		n := i
		run(func() { calls(n) })
	}
	run(pipes)
	run(sockets)
	run(child)
	run(signals)
	run(func() {
		for i := 0; i < 10; i++ {
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
	})
	wg.Wait()
	atomic.StoreInt32(&over, 1)
}
