package settings

// Mesh is the service mesh: what encrypts, routes and measures the traffic
// between services.
type Mesh struct {
	// Mode is ambient (a proxy a node), sidecar (a proxy a pod) or none.
	Mode MeshMode `yaml:"mode"`
}

// MeshMode is where the mesh's proxies run.
type MeshMode string

// The mesh modes.
const (
	MeshAmbient MeshMode = "ambient"
	MeshSidecar MeshMode = "sidecar"
	MeshNone    MeshMode = "none"
)

func (MeshMode) words() []string {
	return []string{string(MeshAmbient), string(MeshSidecar), string(MeshNone)}
}
