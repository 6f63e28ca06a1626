//! Makers of hostile policy packs, for a test and a bench.

use keycase::snapshot::Drive;

/// A pack that somebody made to hurt.
pub(crate) struct Hostile {
    /// What it does.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) make: fn() -> String,
    /// A part of the error, or `None` for one that loads and has to answer quickly.
    pub(crate) refused_with: Option<&'static str>,
}

/// All of them.
pub(crate) const PACKS: &[Hostile] = &[
    Hostile { name: "a megabyte", make: megabyte, refused_with: Some("at most 262144 bytes") },
    Hostile { name: "deep arrays", make: deep_arrays, refused_with: Some("recursion") },
    Hostile { name: "deep tables", make: deep_tables, refused_with: Some(":1:") },
    Hostile { name: "deep brackets", make: brackets, refused_with: Some("nests at most") },
    Hostile { name: "a chain of signs", make: signs, refused_with: Some("nests at most") },
    Hostile { name: "a long condition", make: long, refused_with: Some("at most 1000 characters") },
    Hostile { name: "three loops", make: loops, refused_with: Some("loops inside each other") },
    Hostile { name: "a loop over a list", make: lists, refused_with: Some("the list of a fact") },
    Hostile { name: "a huge pattern", make: pattern, refused_with: Some("too large") },
    Hostile { name: "many clauses", make: clauses, refused_with: Some("at most 200") },
    Hostile { name: "many facts", make: facts, refused_with: Some("at most 200") },
    Hostile { name: "unknown names", make: unknown, refused_with: Some("no fact `xxxx") },
    Hostile { name: "unknown severities", make: severities, refused_with: Some("no severity") },
    Hostile { name: "the slowest that load", make: slow, refused_with: None },
];

const HEAD: &str = "id = \"hostile\"\nname = \"H\"\nchecked = \"2026-11-22\"\n[source]\n\
    title = \"T\"\n[scope]\ntext = \"S\"\nsource = \"1\"\n";

/// The largest a pack may be, roughly.
const FULL: usize = 250 * 1024;

fn clause(number: usize, condition: &str) -> String {
    format!(
        "[[clause]]\nid = \"c{number}\"\ntext = \"t\"\nexcludes_when = '{condition}'\n\
         contact = \"none\"\nsource = \"1\"\n[[clause.example]]\nfacts = {{}}\noutcome = \"asks\"\n"
    )
}

fn one(condition: &str) -> String {
    format!("{HEAD}{}", clause(0, condition))
}

/// The head and as many rows as fit.
fn filled(row: impl Fn(usize) -> String) -> String {
    let mut text = HEAD.to_owned();
    let mut number = 0;
    while text.len() < FULL {
        text.push_str(&row(number));
        number += 1;
    }
    text
}

fn megabyte() -> String {
    format!("{HEAD}# {}\n", "x".repeat(1 << 20))
}

fn deep_arrays() -> String {
    format!("deep = {}1{}\n{HEAD}", "[".repeat(FULL / 2), "]".repeat(FULL / 2))
}

fn deep_tables() -> String {
    format!("[{}x]\n{HEAD}", "x.".repeat(FULL / 2))
}

fn brackets() -> String {
    one(&format!("{}true{}", "(".repeat(10_000), ")".repeat(10_000)))
}

fn signs() -> String {
    one(&format!("{}true", "!".repeat(10_000)))
}

fn long() -> String {
    one(&format!("today == \"{}\"", "x".repeat(100_000)))
}

fn loops() -> String {
    one("drive.luns.all(a, drive.luns.all(b, drive.luns.all(c, a.lun == b.lun)))")
}

fn lists() -> String {
    one("[1,2,3].all(a, [1,2,3].all(b, a == b))")
}

fn pattern() -> String {
    one("drive.name.matches(\"(a{1000}){1000}\")")
}

fn clauses() -> String {
    filled(|number| clause(number, "today == \"2026-11-22\""))
}

fn facts() -> String {
    filled(|number| format!("[[fact]]\nid = \"f{number}\"\ntype = \"bool\"\nquestion = \"?\"\n"))
}

/// Every name is compared with every fact to find what was meant.
fn unknown() -> String {
    let facts: String = (0..200)
        .map(|n| {
            format!(
                "[[fact]]\nid = \"f{n}_{}\"\ntype = \"bool\"\nquestion = \"?\"\n",
                "y".repeat(55)
            )
        })
        .collect();
    let clauses: String = (0..200).map(|n| clause(n, &"x".repeat(60))).collect();
    format!("{HEAD}{facts}{clauses}")
}

fn severities() -> String {
    let named: String = (0..200)
        .map(|n| format!("[[severity]]\nname = \"s{n}\"\nmeaning = \"m\"\nsource = \"1\"\n"))
        .collect();
    let wrong = "\"z\",".repeat(40_000);
    format!("{HEAD}{named}[[channel]]\nid = \"c\"\nseverities = [{wrong}]\nsource = \"1\"\n")
}

/// As many clauses as there may be, each with as much to do as a condition can ask for.
fn slow() -> String {
    let list: Vec<String> = (0..90).map(|n| n.to_string()).collect();
    let condition =
        format!("[{}].all(a, drive.luns.all(b, b.size_bytes + a != 7))", list.join(","));
    (0..200).fold(HEAD.to_owned(), |text, number| text + &clause(number, &condition))
}

/// A recorded drive that claims a thousand units.
pub(crate) fn drive_with_many_units() -> Drive {
    let unit = r#"{"role": "data", "type": "disk", "size_bytes": 9}"#;
    let units = vec![unit; 1000].join(",");
    serde_json::from_str(&format!(r#"{{"port": "1-1", "luns": [{units}]}}"#))
        .unwrap_or_else(|error| unreachable!("the drive is written above: {error}"))
}
