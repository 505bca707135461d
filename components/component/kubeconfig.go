package component

import "encoding/json"

// Kubeconfig is how one user gets to one cluster, both of the name Name: a command
// gets a token whenever one is needed. A token that stood in it would soon be stale,
// and until then a secret.
// Source: Kubernetes reference, kubeconfig (v1) and client.authentication.k8s.io.
type Kubeconfig struct {
	Name string
	// Server is where the API answers.
	Server KubeServer
	// Token is what gets a token.
	Token KubeCommand
}

// KubeServer is where a Kubernetes API answers.
type KubeServer struct {
	// URL is the API's, CA its certificate authority as PEM in base64.
	URL string `json:"server" yaml:"server"`
	CA  string `json:"certificate-authority-data" yaml:"certificate-authority-data"`
	// Proxy is the URL of what stands between, if anything.
	Proxy string `json:"proxy-url,omitempty" yaml:"-"`
}

// KubeCommand is a command that prints an ExecCredential. It asks nobody.
type KubeCommand struct {
	Command string    `json:"command"`
	Args    []string  `json:"args,omitempty"`
	Env     []KubeEnv `json:"env,omitempty"`
	// InstallHint is what a user reads who has not got it.
	InstallHint string `json:"installHint,omitempty"`
	// ClusterInfo says that it wants to know of the cluster.
	ClusterInfo bool `json:"provideClusterInfo,omitempty"`
}

// KubeEnv is a variable of a command's environment.
type KubeEnv struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// JSON is the kubeconfig as a file has it: every JSON is a YAML.
func (k Kubeconfig) JSON() (string, error) {
	type object = map[string]any
	user := struct {
		APIVersion string `json:"apiVersion"`
		KubeCommand
		InteractiveMode string `json:"interactiveMode"`
	}{"client.authentication.k8s.io/v1beta1", k.Token, "Never"}
	out, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": k.Name,
		"clusters": []object{{"name": k.Name, "cluster": k.Server}},
		"contexts": []object{{"name": k.Name, "context": object{"cluster": k.Name, "user": k.Name}}},
		"users":    []object{{"name": k.Name, "user": object{"exec": user}}},
	})
	return string(out), err
}
