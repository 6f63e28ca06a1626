//! An account's own list of ticket fields. Pure.

use serde_json::Value;

use crate::text::visible;

/// What an account would refuse of the fields that are to be filled, one line each:
/// `given` is the ticket's `custom_fields`, `list` the account's `ticket_fields`.
pub(super) fn wrong(list: &Value, given: &[Value], by_end_user: bool) -> Vec<String> {
    let rows: Vec<&Value> = list.as_array().into_iter().flatten().collect();
    let id = |value: &Value| value.get("id").and_then(Value::as_u64);
    let mut wrong = Vec::new();
    for field in given {
        let Some(number) = id(field) else { continue };
        match rows.iter().find(|row| id(row) == Some(number)) {
            None => wrong.push(format!("it has no field {number}")),
            Some(row) => wrong.extend(refuses(row, field.get("value").unwrap_or(&Value::Null))),
        }
    }
    let custom =
        rows.iter().filter(|row| row.get("removable").and_then(Value::as_bool) == Some(true));
    for row in custom.filter(|row| by_end_user && flag(row, "required_in_portal")) {
        if !given.iter().any(|field| id(field) == id(row)) {
            let number = id(row).unwrap_or_default();
            wrong.push(format!("it requires {} ({number}), and nothing is set for it", title(row)));
        }
    }
    wrong
}

fn flag(row: &Value, key: &str) -> bool {
    row.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn title(row: &Value) -> String {
    visible(row.get("title").and_then(Value::as_str).unwrap_or_default()).into_owned()
}

/// Why a field does not take a value.
fn refuses(row: &Value, value: &Value) -> Option<String> {
    if row.get("active").and_then(Value::as_bool) == Some(false) {
        return Some(format!("its field {} is switched off", title(row)));
    }
    let options = row.get("custom_field_options")?.as_array()?;
    let takes = |option: &Value| option.get("value") == Some(value);
    if options.is_empty() || options.iter().any(takes) {
        return None;
    }
    let all = options.iter().filter_map(|option| option.get("value")?.as_str());
    let all = all.take(12).map(|text| visible(text).into_owned()).collect::<Vec<_>>().join(", ");
    let given = visible(value.as_str().unwrap_or_default()).into_owned();
    Some(format!("{} takes one of {all}; not `{given}`", title(row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_account_would_refuse_is_named() {
        let list = json!([
            {"id": 1, "title": "Subject", "type": "subject", "removable": false, "required_in_portal": true},
            {"id": 36_000_000_000_001_u64, "title": "Model", "removable": true, "active": true,
             "custom_field_options": [{"name": "D300", "value": "d300"}]},
            {"id": 7, "title": "Order", "removable": true, "active": true, "required_in_portal": true},
            {"id": 8, "title": "Old", "removable": true, "active": false}
        ]);
        let given = [
            json!({"id": 36_000_000_000_001_u64, "value": "d400"}),
            json!({"id": 8, "value": "x"}),
            json!({"id": 9, "value": "x"}),
        ];
        let all = wrong(&list, &given, true).join("\n");
        for part in [
            "no field 9",
            "Model takes one of d300; not `d400`",
            "Old is switched off",
            "requires Order (7)",
        ] {
            assert!(all.contains(part), "{part} in {all}");
        }
        assert!(!wrong(&list, &given, false).join("\n").contains("Order"));
        let good = [
            json!({"id": 36_000_000_000_001_u64, "value": "d300"}),
            json!({"id": 7, "value": "1"}),
        ];
        assert_eq!(wrong(&list, &good, true), Vec::<String>::new());
    }
}
