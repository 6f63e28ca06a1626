//! An account's own list of ticket fields: what it requires, what it takes, and the words
//! its requesters read for states. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::text::visible;

/// The fields of an account.
#[derive(Clone, Debug)]
pub(super) struct FieldList(Vec<Field>);

#[derive(Clone, Debug)]
struct Field {
    name: String,
    label: String,
    kind: String,
    required: bool,
    choices: Vec<String>,
    /// State number → the words for the requester.
    states: BTreeMap<String, String>,
}

/// A field of the list by another name in a ticket.
const RENAMED: [(&str, &str); 6] = [
    ("requester", "email"),
    ("ticket_type", "type"),
    ("agent", "responder_id"),
    ("group", "group_id"),
    ("product", "product_id"),
    ("company", "company_id"),
];

impl FieldList {
    /// Reads the list; `None` when it is none.
    pub(super) fn read(list: &Value) -> Option<Self> {
        let rows = list.as_array()?.iter();
        Some(Self(rows.filter_map(Field::read).collect()))
    }

    /// What the account would refuse of a ticket's fields, one line each.
    pub(super) fn wrong(&self, body: &Value) -> Vec<String> {
        let none = Map::new();
        let custom = body.get("custom_fields").and_then(Value::as_object).unwrap_or(&none);
        let mut wrong = Vec::new();
        for (name, value) in custom {
            match self.field(name) {
                None => wrong.push(format!("it has no field {}", visible(name))),
                Some(field) => wrong.extend(field.refuses(value)),
            }
        }
        for field in self.0.iter().filter(|field| field.required) {
            let renamed = RENAMED.iter().find(|(listed, _)| *listed == field.name);
            let key = renamed.map_or(field.name.as_str(), |(_, key)| key);
            if body.get(key).is_none() && !custom.contains_key(&field.name) {
                wrong.push(format!(
                    "it requires {} ({}), and nothing is set for it",
                    visible(&field.label),
                    visible(&field.name)
                ));
            }
        }
        wrong
    }

    /// A fact as the type that its field takes.
    pub(super) fn typed(&self, name: &str, text: &str) -> Value {
        let kind = self.field(name).map(|field| field.kind.as_str()).unwrap_or_default();
        let typed = match kind {
            "custom_checkbox" => text.parse().ok().map(Value::Bool),
            "custom_number" => text.parse::<i64>().ok().map(Value::from),
            "custom_decimal" => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
            _ => None,
        };
        typed.unwrap_or_else(|| Value::from(text))
    }

    /// Whether the account has a request type.
    pub(super) fn has_type(&self, name: &str) -> bool {
        self.field("ticket_type").is_some_and(|field| field.choices.iter().any(|c| c == name))
    }

    /// What a requester reads for a state.
    pub(super) fn state(&self, number: u64) -> Option<&str> {
        let states = &self.field("status")?.states;
        states.get(&number.to_string()).map(String::as_str)
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.name == name)
    }
}

impl Field {
    fn read(row: &Value) -> Option<Self> {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = row.get("name")?.as_str()?.to_owned();
        let label = text("label_for_customers");
        let choices = row.get("choices");
        Some(Self {
            label: if label.is_empty() { text("label") } else { label },
            kind: text("type"),
            required: row.get("required_for_agents").and_then(Value::as_bool).unwrap_or(false),
            choices: choices.map(names).unwrap_or_default(),
            states: choices.filter(|_| name == "status").map(states).unwrap_or_default(),
            name,
        })
    }

    /// Why it does not take a value.
    fn refuses(&self, value: &Value) -> Option<String> {
        let no = |what: &str| Some(format!("{} {what}", visible(&self.name)));
        match self.kind.as_str() {
            "custom_checkbox" if !value.is_boolean() => no("takes true or false"),
            "custom_number" | "custom_decimal" if !value.is_number() => no("takes a number"),
            "custom_dropdown" | "nested_field" => {
                let given = value.as_str().unwrap_or_default();
                if self.choices.is_empty() || self.choices.iter().any(|choice| choice == given) {
                    return None;
                }
                let choices = self.choices.iter().take(12).map(|c| visible(c).into_owned());
                let choices = choices.collect::<Vec<_>>().join(", ");
                no(&format!("takes one of {choices}; not `{}`", visible(given)))
            }
            _ => None,
        }
    }
}

/// The choices of a field: a list, or the keys of a map.
fn names(choices: &Value) -> Vec<String> {
    match choices {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Object(map) => map.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// State number → `[agent's words, requester's words]`.
fn states(choices: &Value) -> BTreeMap<String, String> {
    let rows = choices.as_object().into_iter().flatten();
    let named = rows.filter_map(|(number, words)| {
        let words = words.as_array()?;
        let requester = words.get(1).or_else(|| words.first())?;
        Some((number.clone(), requester.as_str()?.to_owned()))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list() -> FieldList {
        FieldList::read(&json!([
            {"name": "requester", "type": "default_requester", "required_for_agents": true},
            {"name": "ticket_type", "type": "default_ticket_type", "choices": ["Question", "Problem"]},
            {"name": "status", "type": "default_status", "required_for_agents": true,
             "choices": {"2": ["Open", "Being Processed"], "6": ["Waiting on Customer", "Awaiting your Reply"]}},
            {"name": "cf_model", "label": "Model", "type": "custom_dropdown", "choices": ["D300", "S1000"]},
            {"name": "cf_admin", "type": "custom_checkbox"},
            {"name": "cf_count", "type": "custom_number"},
            {"name": "cf_order", "label": "Order", "label_for_customers": "Your order", "type": "custom_text",
             "required_for_agents": true},
            {"no": "name"}
        ]))
        .unwrap()
    }

    #[test]
    fn what_an_account_would_refuse_is_named() {
        let good = json!({"email": "a@b.c", "status": 2,
            "custom_fields": {"cf_model": "D300", "cf_admin": true, "cf_count": 3, "cf_order": "x"}});
        assert_eq!(list().wrong(&good), Vec::<String>::new());
        let bad = json!({"email": "a@b.c", "status": 2,
            "custom_fields": {"cf_model": "D400", "cf_admin": "yes", "cf_count": "3", "cf_new": "x"}});
        let wrong = list().wrong(&bad).join("\n");
        for part in [
            "no field cf_new",
            "cf_model takes one of D300, S1000; not `D400`",
            "cf_admin takes true or false",
            "cf_count takes a number",
            "requires Your order (cf_order)",
        ] {
            assert!(wrong.contains(part), "{part} in {wrong}");
        }
        assert!(list().wrong(&json!({})).iter().any(|line| line.contains("requester")));
    }

    #[test]
    fn facts_get_the_type_of_their_field() {
        let list = list();
        assert_eq!(list.typed("cf_admin", "true"), json!(true));
        assert_eq!(list.typed("cf_count", "12"), json!(12));
        assert_eq!(list.typed("cf_count", "many"), json!("many"));
        assert_eq!(list.typed("cf_model", "12"), json!("12"));
    }

    #[test]
    fn requesters_read_their_own_words_for_states() {
        let list = list();
        assert_eq!(list.state(6), Some("Awaiting your Reply"));
        assert_eq!(list.state(9000), None);
        assert!(list.has_type("Problem") && !list.has_type("Incident"));
    }
}
