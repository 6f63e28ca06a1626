# A CycloneDX 1.5 bill of materials: what is compiled into the program. `packaging/build` feeds
# it `cargo metadata`, which knows licences, and two lists from `cargo tree`, which knows what
# the chosen features really use:
#
#   $shipped  crates in the program
#   $used     the same and those that only help to build it: scope "excluded"
#
# libusb is C source inside libusb1-sys: a component of its own, with its own licence.

def purl: "pkg:cargo/\(.name)@\(.version)";
def licence: if .license then [{expression: (.license | gsub(" *(/| OR ) *"; " OR "))}]
  else error("\(.name) names no licence") end;
def list: split("\n") | map(select(. != "") | split(" ") | "\(.[0])@\(.[1][1:])") | unique;

# name@version → SHA-256, from the lock file.
def hashes: split("[[package]]") | map(capture(
    "name = \"(?<name>[^\"]+)\"\nversion = \"(?<version>[^\"]+)\"(.|\n)*checksum = \"(?<value>[^\"]+)\"")?
  | {key: "\(.name)@\(.version)", value}) | from_entries;

def component($shipped; $hashes): "\(.name)@\(.version)" as $key | {
  type: "library", "bom-ref": purl, name, version, purl: purl,
  scope: (if IN($key; $shipped[]) then "required" else "excluded" end),
  licenses: licence,
  hashes: [{alg: "SHA-256", content: $hashes[$key]}],
} + (if .repository then {externalReferences: [{type: "vcs", url: .repository}]} else {} end);

def libusb: {
  type: "library", "bom-ref": "libusb", name: "libusb", version: $libusb,
  purl: "pkg:generic/libusb@\($libusb)",
  scope: "required", licenses: [{license: {id: "LGPL-2.1-or-later"}}],
  externalReferences: [{type: "website", url: "https://libusb.info"}],
};

($shipped | list) as $shipped
| ($used | list) as $used
| ($lock | hashes) as $hashes
| .resolve.root as $root
| (.packages | map(select("\(.name)@\(.version)" | IN($used[])))) as $packages
| ($packages | map({key: .id, value: .}) | from_entries) as $by_id
| (.resolve.nodes | map({key: .id, value: [.deps[].pkg]}) | from_entries) as $uses
| {
  bomFormat: "CycloneDX", specVersion: "1.5", version: 1,
  metadata: {
    timestamp: $date,
    component: ($by_id[$root] | {
      type: "application", "bom-ref": purl, name, version, purl: purl, licenses: licence,
      properties: [{name: "cargo:target", value: $target}],
    }),
  },
  components: ([$packages[] | select(.id != $root) | component($shipped; $hashes)]
    | sort_by(.purl) + [libusb]),
  dependencies: ([$packages[] | {
      ref: purl,
      dependsOn: ([$by_id[$uses[.id][]] | values | purl]
        + (if .name == "libusb1-sys" then ["libusb"] else [] end) | unique),
    }] | sort_by(.ref) + [{ref: "libusb", dependsOn: []}]),
}
