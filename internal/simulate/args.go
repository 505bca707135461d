package simulate

import (
	"slices"
	"strings"
)

// arguments are what a simulated run has to know of the arguments that it hands
// to Pulumi.
type arguments struct {
	all     []string
	command string // up, stack, …; empty if there is none
	sub     string // the word after the command
	stack   string // empty if none is named
	config  bool   // --config-file is given
}

// valued are Pulumi's flags before whose value no command can stand.
var valued = []string{"-C", "--cwd", "--color", "-v", "--verbose", "--profiling", "--tracing", "--memprofilerate"}

func parse(args []string) arguments {
	a := arguments{all: args}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		name, value, joined := strings.Cut(arg, "=")
		switch {
		case arg == "--":
			return a
		case name == "-s" || name == "--stack":
			if !joined && i+1 < len(args) {
				i++
				value = args[i]
			}
			a.stack = value
		case name == "--config-file":
			a.config = true
		case !joined && slices.Contains(valued, name):
			i++
		case strings.HasPrefix(arg, "-"):
		case a.command == "":
			a.command = arg
		case a.sub == "":
			a.sub = arg
		}
	}
	return a
}

// aliases are other names of Pulumi's commands.
var aliases = map[string]string{"update": "up", "pre": "preview", "down": "destroy", "dn": "destroy"}

func (a arguments) name() string {
	if real := aliases[a.command]; real != "" {
		return real
	}
	return a.command
}

// takesConfig says whether the command has the flag --config-file.
func (a arguments) takesConfig() bool {
	return slices.Contains([]string{"up", "preview", "refresh", "destroy", "config", "import", "watch", "logs"}, a.name())
}

// runsProgram says whether the command runs the program.
func (a arguments) runsProgram() bool {
	return slices.Contains([]string{"up", "preview", "watch"}, a.name()) || slices.Contains(a.all, "--run-program")
}

// editsFiles says whether the command writes to Pulumi's files in the project
// whatever flags it is given: it runs on the copy.
func (a arguments) editsFiles() bool {
	return a.name() == "stack" && slices.Contains([]string{"init", "rm", "rename", "change-secrets-provider"}, a.sub)
}

// needsStack says whether the command works on a stack.
func (a arguments) needsStack() bool {
	return a.takesConfig() || slices.Contains([]string{"stack", "state", "cancel"}, a.name())
}
