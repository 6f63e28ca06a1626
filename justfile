# Everyday commands; `just` lists them.
default:
    @just --list

# The main job on a recorded machine: no drive, no account, nothing sent
demo:
    cargo run --release -- submit --from tests/machines/locked-sentry-one/snapshot.json --describe "The drive is not accepted any more" --yes

# Everything that has to pass, as CI runs it
test:
    tests/run

# The quick loop: no network, no sealing
quick:
    cargo test --no-default-features --lib

# Rewrite what is generated: recorded snapshots, schemas
update:
    UPDATE=1 cargo test

# Check the data
data:
    cargo run -q -- data lint

# Speed and memory, each beside its peer: rewrites docs/benchmarks.md
bench:
    benches/run

# Fuzz every target for ten minutes, or `just fuzz redaction 3600`
fuzz *arguments:
    fuzz/run {{arguments}}

# The packages, into target/packages/
packages:
    packaging/build
