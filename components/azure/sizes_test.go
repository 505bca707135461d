package azure

import "testing"

func TestLocalDisk(t *testing.T) {
	for size, want := range map[string]int{
		"Standard_D2pds_v5": 75, "Standard_D4ads_v6": 220, "Standard_D4s_v5": 0, "Standard_NC4as_T4_v3": 0, "Standard_D4ds_v4": 0, "m7g.large": 0,
	} {
		if got := LocalDiskGiB(size); got != want {
			t.Errorf("%s: got %d GiB, want %d", size, got, want)
		}
	}
}
