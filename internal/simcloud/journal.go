package simcloud

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// journal is the file that a cloud lives in: a line for each change, written
// before the change is answered. A process may be killed between any two lines;
// half a line at the end was never answered and does not count.
type journal struct{ file *os.File }

type entry struct {
	Put  *Record `json:"put,omitempty"`
	Drop string  `json:"drop,omitempty"`
	Made string  `json:"made,omitempty"`
	N    int     `json:"n,omitempty"`
}

// Open makes a cloud that lives in a file, which need not exist.
func Open(path string, catalogs ...*Catalog) (*Cloud, error) {
	c := New(catalogs...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("opening the simulated cloud: %w", err)
	}
	if err := c.replay(path); err != nil {
		return nil, fmt.Errorf("reading the simulated cloud from %s: %w", path, err)
	}
	// The file is written anew, so that it holds what exists and not how it came
	// about; the new one takes the old one's place when it is whole.
	file, err := os.Create(path + ".new")
	if err != nil {
		return nil, fmt.Errorf("opening the simulated cloud: %w", err)
	}
	c.journal = &journal{file}
	for hint, n := range c.made {
		if err := c.journal.write(entry{Made: hint, N: n}); err != nil {
			return nil, err
		}
	}
	for _, r := range c.Records() {
		if err := c.journal.write(entry{Put: r, N: c.made[r.Hint]}); err != nil {
			return nil, err
		}
	}
	if err := os.Rename(path+".new", path); err != nil {
		return nil, fmt.Errorf("opening the simulated cloud: %w", err)
	}
	return c, nil
}

// Close closes the file.
func (c *Cloud) Close() error {
	if c.journal == nil {
		return nil
	}
	return c.journal.file.Close()
}

func (c *Cloud) replay(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // what follows the last newline was never answered
		}
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		switch {
		case e.Put != nil:
			if e.N > 0 {
				c.made[e.Put.Hint] = e.N
			}
			c.records[e.Put.Key()] = e.Put
		case e.Drop != "":
			delete(c.records, e.Drop)
		case e.Made != "":
			c.made[e.Made] = e.N
		}
	}
}

func (j *journal) write(e entry) error {
	if j == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("writing the simulated cloud: %w", err)
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("writing the simulated cloud: %w", err)
	}
	return nil
}
