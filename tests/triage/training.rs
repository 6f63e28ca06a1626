// Learns triage's model from labelled descriptions. Included by `tests/triage.rs`, which
// cross-validates it, and by `examples/train_triage.rs`, which writes it to `data/triage/`.
//
// One linear support vector machine for each label against all others (squared hinge, by
// dual coordinate descent; Hsieh et al., "A Dual Coordinate Descent Method for Large-scale
// Linear SVM", 2008), and one for each step of the impact. Fixed order, fixed seed, sums in
// one order, weights rounded: the same cases give the same model everywhere.

use std::collections::{BTreeMap, BTreeSet};

use keycase::triage::{Category, Features, Group, Head, Kind, Levels, Model, Row, Scope};

use super::levels;

/// A description with its labels, ready to learn from.
#[derive(Clone)]
pub(crate) struct Lesson {
    pub(crate) features: Features,
    pub(crate) kind: Kind,
    pub(crate) category: Category,
    /// 1 to 4, independent of the policy.
    pub(crate) impact: u8,
    pub(crate) scope: (Scope, Option<String>),
    /// How much it counts.
    pub(crate) weight: f64,
}

/// What was tried and found to generalise best; see the report for the figures.
const COST: f64 = 1.0;
/// How much a fact counts beside the words of a text, which together have length 1.
const FACT: i32 = 30;
/// A word or fact in fewer cases teaches nothing.
const FEWEST: usize = 2;
/// A clause that excludes fewer cases than this is not learned.
const FEWEST_EXCLUDED: usize = 6;
/// Pairs and last words are many, and what is read together is more; rare ones only swell the
/// model.
const FEWEST_OF_MANY: usize = 6;
const FEWEST_TOGETHER: usize = 12;
/// Lighter weights, in hundredths, are left out; of what there are many, more.
const LIGHTEST: i32 = 12;
const LIGHTEST_OF_MANY: i32 = 18;
/// Weights are multiples of this, in hundredths; finer ones tell nothing and swell the program.
const STEP: i32 = 5;
/// How far what a feature tells decides how freely it may speak.
const TELLING: f64 = 0.3;
/// So many models that have not seen a case each say what the scores of steps mean.
const LEVEL_FOLDS: usize = 3;
const ROUNDS: usize = 13;
/// All cases are looked at in every so many rounds, in the others those that bear on the plane.
const EVERY: usize = 4;

/// The features of a text by their places, with their strengths.
type Text<'t> = &'t [(usize, f64)];

/// Learns a model.
pub(crate) fn learn(lessons: &[&Lesson]) -> Model {
    let heads = heads(lessons);
    let values = values(lessons);
    let names: Vec<&str> = values.keys().map(String::as_str).collect();
    let blank = Model {
        heads: heads.clone(),
        bias: vec![0; heads.len()],
        levels: Levels::default(),
        rows: values.iter().map(|(name, v)| (name.clone(), row(*v))).collect(),
    };
    let place: BTreeMap<&str, usize> =
        names.iter().enumerate().map(|(index, name)| (*name, index)).collect();
    let texts: Vec<Vec<(usize, f64)>> = lessons
        .iter()
        .map(|lesson| {
            let strengths = blank.strengths(&lesson.features);
            strengths.iter().map(|(name, _, strength)| (place[name], *strength)).collect()
        })
        .collect();
    let texts: Vec<Text<'_>> = texts.iter().map(Vec::as_slice).collect();
    let costs: Vec<f64> = lessons.iter().map(|lesson| COST * lesson.weight).collect();
    let mut model = blank;
    for (column, head) in heads.iter().enumerate() {
        let signs: Vec<f64> = lessons.iter().map(|lesson| sign(head, lesson)).collect();
        let plane = plane(&names, &texts, &signs, &costs);
        model.bias[column] = plane.bias;
        for (at, weight) in plane.weights.iter().enumerate().filter(|(_, weight)| **weight != 0) {
            model.rows.get_mut(names[at]).unwrap().weights.push((column, *weight));
        }
    }
    model.levels = levels::learn(&scored(&names, &texts, &costs, lessons));
    model
}

/// The cases with the scores of their steps, by models that had not seen them.
fn scored(
    names: &[&str],
    texts: &[Text<'_>],
    costs: &[f64],
    lessons: &[&Lesson],
) -> Vec<(levels::Point, u8, f64)> {
    let mut scored = Vec::with_capacity(lessons.len());
    for fold in 0..LEVEL_FOLDS {
        let (own, others): (Vec<usize>, Vec<usize>) =
            (0..lessons.len()).partition(|index| index % LEVEL_FOLDS == fold);
        let seen: Vec<_> = others.iter().map(|index| texts[*index]).collect();
        let costs_seen: Vec<f64> = others.iter().map(|index| costs[*index]).collect();
        let steps = [1, 2, 3].map(|level| {
            let head = Head::MilderThan(level);
            let signs: Vec<f64> = others.iter().map(|index| sign(&head, lessons[*index])).collect();
            plane(names, &seen, &signs, &costs_seen)
        });
        scored.extend(own.into_iter().map(|index| {
            let [first, second, third] = steps.each_ref().map(|step| step.score(texts[index]));
            ([1.0, first, second, third], lessons[index].impact, lessons[index].weight)
        }));
    }
    scored
}

/// A separating plane, rounded; light weights are left out.
struct Plane {
    bias: i32,
    weights: Vec<i32>,
}

impl Plane {
    fn score(&self, text: Text<'_>) -> f64 {
        let of_words = text.iter().map(|(at, x)| f64::from(self.weights[*at]) * x).sum::<f64>();
        (f64::from(self.bias) + of_words) / 100.0
    }
}

fn plane(names: &[&str], texts: &[Text<'_>], signs: &[f64], costs: &[f64]) -> Plane {
    let telling = telling(texts, signs, costs, names.len());
    let weights = separate(texts, signs, costs, &telling);
    let rounded = |(name, weight): (&&str, &f64)| {
        let weight = hundredths(*weight);
        let lightest = if are_many(name) { LIGHTEST_OF_MANY } else { LIGHTEST };
        let counts = weight.abs() >= lightest;
        if counts { (weight + STEP / 2).div_euclid(STEP) * STEP } else { 0 }
    };
    Plane {
        bias: hundredths(weights[names.len()]),
        weights: names.iter().zip(&weights).map(rounded).collect(),
    }
}

/// 1 where the head stands for the lesson, else -1.
fn sign(head: &Head, lesson: &Lesson) -> f64 {
    if stands_for(head, lesson) { 1.0 } else { -1.0 }
}

/// The labels that occur, in a fixed order.
fn heads(lessons: &[&Lesson]) -> Vec<Head> {
    let kinds: BTreeSet<Kind> = lessons.iter().map(|lesson| lesson.kind).collect();
    let categories: BTreeSet<Category> = lessons.iter().map(|lesson| lesson.category).collect();
    let mut scopes: BTreeMap<(u8, Option<&str>), (Scope, usize)> = BTreeMap::new();
    for (scope, clause) in lessons.iter().map(|lesson| &lesson.scope) {
        scopes.entry((*scope as u8, clause.as_deref())).or_insert((*scope, 0)).1 += 1;
    }
    let scopes = scopes.into_iter().filter(|(_, (_, count))| *count >= FEWEST_EXCLUDED);
    let scopes = scopes.map(|((_, clause), (scope, _))| (scope, clause.map(str::to_owned)));
    let impact = (1..=3).map(Head::MilderThan);
    let kinds = kinds.into_iter().map(Head::Kind);
    let categories = categories.into_iter().map(Head::Category);
    let scopes = scopes.into_iter().map(|(scope, clause)| Head::Scope(scope, clause));
    kinds.chain(categories).chain(impact).chain(scopes).collect()
}

fn stands_for(head: &Head, lesson: &Lesson) -> bool {
    match head {
        Head::Kind(kind) => lesson.kind == *kind,
        Head::Category(category) => lesson.category == *category,
        Head::MilderThan(level) => lesson.impact > *level,
        Head::Scope(scope, clause) => lesson.scope == (*scope, clause.clone()),
    }
}

/// How much each feature counts: a word by how rare it is, a fact always the same.
fn values(lessons: &[&Lesson]) -> BTreeMap<String, i32> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for name in lessons.iter().flat_map(|lesson| lesson.features.iter()) {
        *seen.entry(name).or_default() += 1;
    }
    let all = lessons.len() as f64;
    let fewest = |name: &str| match Group::of(name) {
        Group::Both => FEWEST_TOGETHER,
        _ if are_many(name) => FEWEST_OF_MANY,
        _ => FEWEST,
    };
    let kept = seen.into_iter().filter(|(name, count)| *count >= fewest(name));
    kept.map(|(name, count)| {
        let rare = || hundredths(1.0 + ((1.0 + all) / (1.0 + count as f64)).ln());
        (name.to_owned(), if Group::of(name) == Group::Fact { FACT } else { rare() })
    })
    .collect()
}

fn row(value: i32) -> Row {
    Row { value, weights: Vec::new() }
}

/// How freely each feature may speak for or against a label: more so where the cases that have
/// it differ from the others in how often the label stands (its log ratio of odds, as in Wang
/// and Manning, "Baselines and Bigrams", 2012), 1 on average.
fn telling(texts: &[Text<'_>], signs: &[f64], costs: &[f64], features: usize) -> Vec<f64> {
    let (mut with, mut without) = (vec![1.0; features], vec![1.0; features]);
    let (mut all_with, mut all_without) = (0.0, 0.0);
    for ((text, sign), cost) in texts.iter().zip(signs).zip(costs) {
        let (counts, all) = match *sign > 0.0 {
            true => (&mut with, &mut all_with),
            false => (&mut without, &mut all_without),
        };
        *all += cost;
        text.iter().for_each(|(at, _)| counts[*at] += cost);
    }
    let ratio = |at: usize| ((with[at] / all_with) / (without[at] / all_without)).ln().abs();
    let ratios: Vec<f64> = (0..features).map(ratio).collect();
    let seen = texts.iter().copied().flatten().count() as f64;
    let average = texts.iter().copied().flatten().map(|(at, _)| ratios[*at]).sum::<f64>() / seen;
    ratios.iter().map(|ratio| 1.0 - TELLING + TELLING * ratio / average).collect()
}

/// A separating plane; the last weight is the bias. Every feature is taken `telling` times.
fn separate(texts: &[Text<'_>], signs: &[f64], costs: &[f64], telling: &[f64]) -> Vec<f64> {
    let features = telling.len();
    let mut weights = vec![0.0; features + 1];
    let mut alphas = vec![0.0_f64; texts.len()];
    let lengths: Vec<f64> = texts
        .iter()
        .map(|text| 1.0 + text.iter().map(|(at, x)| (x * telling[*at]).powi(2)).sum::<f64>())
        .collect();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut seed = 20_261_125_u64;
    for round in 0..ROUNDS {
        shuffle(&mut order, &mut seed);
        let all = round % EVERY == 0;
        let mut furthest = 0.0_f64;
        for &index in &order {
            if !all && alphas[index] == 0.0 {
                continue;
            }
            let (text, sign) = (texts[index], signs[index]);
            let softness = 0.5 / costs[index];
            let score = text.iter().fold(weights[features], |sum, (at, x)| sum + weights[*at] * x);
            let gradient = sign * score - 1.0 + softness * alphas[index];
            let alpha = (alphas[index] - gradient / (lengths[index] + softness)).max(0.0);
            let step = (alpha - alphas[index]) * sign;
            if step != 0.0 {
                alphas[index] = alpha;
                weights[features] += step;
                for (at, x) in text {
                    weights[*at] += step * x * telling[*at] * telling[*at];
                }
            }
            furthest = furthest.max(step.abs());
        }
        if all && furthest < 1e-3 {
            break;
        }
    }
    weights
}

/// Fisher–Yates with a linear congruential generator (Knuth's MMIX constants).
fn shuffle(order: &mut [usize], seed: &mut u64) {
    for last in (1..order.len()).rev() {
        *seed =
            seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (*seed >> 33) as usize % (last + 1));
    }
}

fn hundredths(number: f64) -> i32 {
    (number * 100.0).round() as i32
}

fn are_many(name: &str) -> bool {
    matches!(Group::of(name), Group::Pair | Group::Last | Group::Both)
}

/// A pack of words is cut before it is longer than this; one of 256 kB would be refused.
const LONGEST_PACK: usize = 220_000;

/// The model as packs, each with its file. Packs are read in the order of their names, and the
/// first says what the columns are.
pub(crate) fn packs(model: &Model, cases: usize) -> Vec<(String, String)> {
    let mut packs = vec![("model.toml".to_owned(), main_pack(model, cases))];
    let groups = [
        ("beginnings", "beginnings of words", Group::Beginning),
        ("both", "two facts or kinds", Group::Both),
        ("last", "last words", Group::Last),
        ("pairs", "pairs of words", Group::Pair),
        ("words", "words", Group::Word),
    ];
    for (file, what, group) in groups {
        let lines = model.lines(|name| Group::of(name) == group);
        for (index, lines) in cut(&lines).iter().enumerate() {
            let head = head(&format!("More of model.toml: {what}."), cases);
            let text = format!("{head}[more]\nweights = '''\n{lines}'''\n");
            packs.push((format!("model_{file}_{}.toml", index + 1), text));
        }
    }
    packs
}

/// Whole lines, so many together as a pack may have.
fn cut(lines: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in lines.split_inclusive('\n') {
        match parts.last_mut() {
            Some(part) if part.len() + line.len() <= LONGEST_PACK => part.push_str(line),
            _ => parts.push(line.to_owned()),
        }
    }
    parts
}

fn head(what: &str, cases: usize) -> String {
    format!(
        "# {what} Written by\n\
         # `cargo run --example train_triage`, never by hand; README.md explains the lines.\n\
         source = \"{cases} labelled descriptions in tests/triage\"\n\
         checked = \"2026-11-26\"\n\n"
    )
}

fn main_pack(model: &Model, cases: usize) -> String {
    let (mut kinds, mut categories, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
    for head in &model.heads {
        match head {
            Head::Kind(kind) => kinds.push(name(kind)),
            Head::Category(category) => categories.push(name(category)),
            Head::MilderThan(_) => {}
            Head::Scope(scope, None) => scopes.push(format!("  {{ verdict = {} }},", name(scope))),
            Head::Scope(scope, Some(clause)) => {
                scopes.push(format!("  {{ verdict = {}, clause = \"{clause}\" }},", name(scope)))
            }
        }
    }
    let bias: Vec<String> = model.bias.iter().map(ToString::to_string).collect();
    format!(
        "{}[model]\nkinds = [{}]\ncategories = [{}]\nscopes = [\n{}\n]\nbias = [{}]\n\
         levels = {:?}\nweights = '''\n{}'''\n",
        head("What was learned from labelled descriptions.", cases),
        kinds.join(", "),
        categories.join(", "),
        scopes.join("\n"),
        bias.join(", "),
        model.levels,
        model.lines(|name| matches!(Group::of(name), Group::Fact | Group::Kind))
    )
}

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}
