package tests

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/te-explico/infrastructure/internal/simulate"
)

// BenchmarkPreview compares a preview of prod with one of a bare program that
// registers as many inert resources on the same engine. The bounds: 1.5 times
// the bare program's wall time, and 300 MB of memory.
func BenchmarkPreview(b *testing.B) {
	w := newWorld(b)
	n := len(w.preview("prod"))
	var memory int64
	w.opts.Usage = func(p *os.ProcessState) {
		if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
			memory = max(memory, usage.Maxrss*1024)
		}
	}
	bare := newWorld(b)
	root, err := filepath.Abs("..")
	if err != nil {
		b.Fatal(err)
	}
	bare.opts.Program, err = simulate.Build(b.Context(), root, "./tests/testdata/bare", "", filepath.Join(b.TempDir(), "bare"), os.Stderr)
	if err != nil {
		b.Fatal(err)
	}
	b.Setenv("BARE_RESOURCES", strconv.Itoa(n))
	// Once for both, so that neither pays for the creation of its stack.
	w.must("preview", "-s", "prod")
	bare.must("preview", "-s", "prod")
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		w.must("preview", "-s", "prod")
		middle := time.Now()
		bare.must("preview", "-s", "prod")
		ours, theirs = ours+middle.Sub(start), theirs+time.Since(middle)
	}
	ratio := float64(ours) / float64(theirs)
	b.ReportMetric(float64(n), "resources")
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/preview")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "s/bare")
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(float64(memory)/1e6, "MB")
	if ratio > 1.5 {
		b.Errorf("a preview takes %.2f times the bare program's, more than 1.5", ratio)
	}
	if memory > 300e6 {
		b.Errorf("the program takes %d MB, more than 300", memory/1e6)
	}
}
