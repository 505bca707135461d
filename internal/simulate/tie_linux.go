package simulate

import (
	"os/exec"
	"syscall"
)

// tie makes a child process die with this one, even when this one is killed:
// otherwise an engine without a cloud would be left behind.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
