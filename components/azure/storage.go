package azure

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azure-native-sdk/storage/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/te-explico/infrastructure/components/component"
)

// StorageArgs are the arguments of NewStorage. All days count from a blob's last
// change; 0 means never.
type StorageArgs struct {
	Scope
	// Purpose says what the account holds; it is its tag of that name.
	Purpose string
	// Redundancy is how many copies are kept where: LRS, ZRS (in three zones), GRS
	// or GZRS (and in the paired region).
	Redundancy string
	// Encryption encrypts the blobs.
	Encryption *Encryption
	// Containers are the account's containers, by name. Rights are of each alone.
	Containers map[string]ContainerArgs
	// Private is where the account answers, in a zone privatelink.blob.core.windows.net.
	Private *PrivatePlace
	// AllowedRanges are public addresses that reach the account beside the network,
	// such as those of the machines that deploy. Nobody else if empty.
	AllowedRanges []string
	// Website serves the container $web to a CDN, as the files of a single-page
	// application. Whoever makes the account sends it this through the account's own
	// address, so that AllowedRanges or the network have to let it in.
	Website bool
	// CoolDays moves blobs to the cool tier, at least 30 days before ColdDays or
	// ArchiveDays move them on.
	CoolDays, ColdDays, ArchiveDays int
	// ExpireDays deletes blobs, after the moves.
	ExpireDays int
	// NoncurrentDays deletes overwritten versions.
	NoncurrentDays int
	// DeletedDays is how long deleted blobs and containers can be had back, 7 to 365.
	DeletedDays int
	// RestoreDays is how many days back the blobs can be restored to any moment; less
	// than DeletedDays, 0 for not.
	RestoreDays int
	// WorkspaceID is the Log Analytics workspace that gets the log of who read and
	// wrote.
	WorkspaceID pulumi.StringInput
}

// ContainerArgs are one container.
type ContainerArgs struct {
	// Readers and Writers are the object ids of the identities that may read, or
	// write too, by a name of yours.
	Readers, Writers map[string]pulumi.StringInput
	// ImmutableDays keeps a blob from being changed or deleted for so long after it
	// was made; 0 for not. Azure takes no version of such a container back in time.
	ImmutableDays int
}

// Storage is a storage account for blobs that talks TLS 1.2 and newer only, with
// identities of Entra only: account keys are off, and nothing is public. Its
// outputs are there when all its protection is.
type Storage struct {
	pulumi.ResourceState

	// ID is the account's id, and Name its name.
	ID, Name pulumi.StringOutput
	// Host is where blobs are, <name>.blob.core.windows.net, and WebHost where the
	// website is, an origin for a CDN.
	Host, WebHost pulumi.StringOutput
	// ContainerIDs are the containers' ids by name, what rights are for.
	ContainerIDs map[string]pulumi.StringOutput
}

// webContainer is the container of a static website.
const webContainer = "$web"

// NewStorage makes an account with its containers. Its name begins with the
// scope's prefix, so that a human finds it, and ends in digits that tell it from
// others', since all the world shares the names.
func NewStorage(ctx *pulumi.Context, name string, args *StorageArgs, opts ...pulumi.ResourceOption) (*Storage, error) {
	if err := args.check(); err != nil {
		return nil, fmt.Errorf("creating storage %s: %w", name, err)
	}
	s := &Storage{ContainerIDs: map[string]pulumi.StringOutput{}}
	if err := component.Register(ctx, "azure", "Storage", name, s, opts...); err != nil {
		return nil, err
	}
	b := &storageBuilder{StorageArgs: args, ctx: ctx, name: name, storage: s}
	for _, step := range []func() error{b.makeAccount, b.protect, b.containers, b.website, b.lifecycle, b.watch} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	s.ID, s.Name = b.after(b.account.ID().ToStringOutput()), b.after(b.account.Name)
	s.Host = b.after(b.account.PrimaryEndpoints.Blob().ApplyT(hostOf).(pulumi.StringOutput))
	s.WebHost = b.after(b.account.PrimaryEndpoints.Web().ApplyT(hostOf).(pulumi.StringOutput))
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"id": s.ID, "name": s.Name, "host": s.Host, "webHost": s.WebHost, "containerIds": stringMap(s.ContainerIDs),
	})
}

// hostOf is the host of an address such as https://<host>/.
func hostOf(url string) string { return strings.Trim(strings.TrimPrefix(url, "https://"), "/") }

// storageBuilder holds what the parts of an account need of each other.
type storageBuilder struct {
	*StorageArgs
	ctx     *pulumi.Context
	name    string
	storage *Storage
	account *storage.StorageAccount
	// guards are what protects the account: its outputs wait for them.
	guards []pulumi.Resource
}

// after is an output of the account that waits for its guards.
func (b *storageBuilder) after(value pulumi.StringOutput) pulumi.StringOutput {
	return after(value, b.guards)
}

var (
	redundancies  = []string{"LRS", "ZRS", "GRS", "GZRS"}
	containerName = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9]){2,62}$`)
)

// check returns all that is wrong with the arguments.
func (a *StorageArgs) check() error {
	var p problems
	p.want(a.ResourceGroup != nil, "ResourceGroup is missing")
	p.want(a.WorkspaceID != nil, "WorkspaceID is missing")
	p.want(a.Purpose != "", "Purpose is missing")
	p.want(slices.Contains(redundancies, a.Redundancy), "Redundancy: got %q, want one of %s", a.Redundancy, strings.Join(redundancies, ", "))
	p.add(a.Encryption.check("Encryption")...)
	p.add(a.Private.check("Private")...)
	p.want(len(a.Containers) > 0 || a.Website, "Containers: got none, want at least one")
	p.add(checkRanges("AllowedRanges", a.AllowedRanges)...)
	for _, d := range []struct {
		name string
		days int
	}{{"CoolDays", a.CoolDays}, {"ColdDays", a.ColdDays}, {"ArchiveDays", a.ArchiveDays}, {"ExpireDays", a.ExpireDays}, {"NoncurrentDays", a.NoncurrentDays}} {
		p.want(d.days >= 0, "%s: got %d, want 0 or more", d.name, d.days)
	}
	last := 0
	for _, d := range []struct {
		name string
		days int
	}{{"CoolDays", a.CoolDays}, {"ColdDays", a.ColdDays}, {"ArchiveDays", a.ArchiveDays}} {
		p.want(d.days == 0 || last == 0 || d.days >= last+30, "%s: got %d, want at least %d: 30 after the move before", d.name, d.days, last+30)
		last = max(last, d.days)
	}
	p.want(a.ExpireDays == 0 || a.ExpireDays > last, "ExpireDays: got %d, want more than %d, when blobs move the last time", a.ExpireDays, last)
	p.want(7 <= a.DeletedDays && a.DeletedDays <= 365, "DeletedDays: got %d, want 7 to 365", a.DeletedDays)
	p.want(0 <= a.RestoreDays && a.RestoreDays < a.DeletedDays, "RestoreDays: got %d, want 0 to %d: less than DeletedDays", a.RestoreDays, a.DeletedDays-1)
	p.want(a.ArchiveDays == 0 || a.Redundancy == "LRS" || a.Redundancy == "GRS", "ArchiveDays: got %d with %s, want 0: only LRS and GRS have the archive tier", a.ArchiveDays, a.Redundancy)
	for name, c := range a.Containers {
		p.want(containerName.MatchString(name), "Containers[%s]: want 3 to 63 lower-case letters, digits and single hyphens", name)
		p.want(c.ImmutableDays >= 0, "Containers[%s].ImmutableDays: got %d, want 0 or more", name, c.ImmutableDays)
		p.want(c.ImmutableDays == 0 || a.RestoreDays == 0, "Containers[%s].ImmutableDays: got %d, want 0: what is restored to a moment changes", name, c.ImmutableDays)
	}
	return p.err()
}

// containers makes the containers, and gives the rights to each.
func (b *storageBuilder) containers() error {
	for _, key := range slices.Sorted(maps.Keys(b.Containers)) {
		args := b.Containers[key]
		made, err := b.container(b.name+"-"+key, key)
		if err != nil {
			return err
		}
		b.storage.ContainerIDs[key] = made.ID().ToStringOutput()
		if args.ImmutableDays > 0 {
			if _, err := storage.NewBlobContainerImmutabilityPolicy(b.ctx, b.name+"-"+key, &storage.BlobContainerImmutabilityPolicyArgs{
				ResourceGroupName: b.ResourceGroup, AccountName: b.account.Name, ContainerName: made.Name,
				ImmutabilityPeriodSinceCreationInDays: pulumi.Int(args.ImmutableDays), ImmutabilityPolicyName: pulumi.String("default"),
			}, pulumi.Parent(b.storage)); err != nil {
				return fmt.Errorf("making container %s of storage %s immutable: %w", key, b.name, err)
			}
		}
		for _, grant := range []struct {
			verb string
			what Role
			who  map[string]pulumi.StringInput
		}{{"reads", BlobReader, args.Readers}, {"writes", BlobContributor, args.Writers}} {
			for _, who := range slices.Sorted(maps.Keys(grant.who)) {
				name := b.name + "-" + who + "-" + grant.verb + "-" + key
				if _, err := assign(b.ctx, name, b.Scope, Grant{Role: grant.what, On: b.storage.ContainerIDs[key]}, grant.who[who], machine, pulumi.Parent(b.storage)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *storageBuilder) container(name, in string) (*storage.BlobContainer, error) {
	made, err := storage.NewBlobContainer(b.ctx, name, &storage.BlobContainerArgs{
		ResourceGroupName: b.ResourceGroup, AccountName: b.account.Name, ContainerName: pulumi.String(in),
		PublicAccess: storage.PublicAccessNone,
	}, pulumi.Parent(b.storage), pulumi.Protect(b.Protect), pulumi.DependsOn(b.guards))
	if err != nil {
		return nil, fmt.Errorf("creating container %s of storage %s: %w", in, b.name, err)
	}
	return made, nil
}
