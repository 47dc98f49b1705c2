//! Lays answers out for people: columns that stay where they are, one line to a row. It knows the shape of no answer.

use serde_json::Value;

/// A heading and where below a row its value stands, as a JSON pointer.
pub(super) type Column = (&'static str, &'static str);

/// How an answer is laid out.
pub(super) enum View {
    /// A row for each member of the list at this pointer.
    Rows(&'static str, &'static [Column]),
    /// A line for each of its values.
    Record,
    /// By hand.
    Text(fn(&Value) -> String),
}

impl View {
    pub(super) fn table(&self, value: &Value) -> String {
        match self {
            Self::Rows(list, columns) => {
                let rows = value.pointer(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                rows_of(rows, columns)
            }
            Self::Record => record(value),
            Self::Text(lay_out) => lay_out(value),
        }
    }
}

fn rows_of(rows: &[Value], columns: &[Column]) -> String {
    let headings = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let cells = rows.iter().map(|row| {
        columns.iter().map(|(_, pointer)| row.pointer(pointer).map_or_else(|| "-".to_owned(), cell)).collect()
    });
    align(&std::iter::once(headings).chain(cells).collect::<Vec<_>>())
}

/// Each value on a line with its name; those of inner objects with both names.
pub(super) fn record(value: &Value) -> String {
    let mut lines = Vec::new();
    flatten("", value, &mut lines);
    align(&lines)
}

fn flatten(name: &str, value: &Value, lines: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (member, value) in members {
                let name = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                flatten(&name, value, lines);
            }
        }
        value if name.is_empty() => lines.push(vec![cell(value)]),
        value => lines.push(vec![name.to_owned(), cell(value)]),
    }
}

/// Columns two blanks apart, with nothing after the last.
fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', (width + 2).saturating_sub(cell.chars().count())));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A value on one line, with nothing in it that a terminal would obey.
pub(super) fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "-".to_owned(),
        Value::Array(list) if list.iter().all(|value| !value.is_object() && !value.is_array()) => {
            list.iter().map(cell).collect::<Vec<_>>().join(",")
        }
        value => value.to_string(),
    };
    plain(&text)
}

/// A text without control characters: what a client sent may stand in it.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_stay_where_they_are() {
        let view = View::Rows("/all", &[("ID", "/id"), ("NAME", "/who/name"), ("DONE", "/done")]);
        let value = json!({"all": [
            {"id": 1, "who": {"name": "Ärger"}, "done": true},
            {"id": 1000, "who": null, "done": ["a", 2]},
        ]});
        assert_eq!(view.table(&value), "ID    NAME   DONE\n1     Ärger  true\n1000  -      a,2\n");
        assert_eq!(view.table(&json!({"all": []})), "ID  NAME  DONE\n");
        assert_eq!(view.table(&Value::Null), "ID  NAME  DONE\n");
    }

    #[test]
    fn a_record_has_a_line_for_each_value() {
        let value = json!({"outcome": "signed-in", "session": {"id": "x", "list": [], "deep": [{"a": 1}]}, "none": {}});
        let expected =
            "outcome       signed-in\nsession.id    x\nsession.list  -\nsession.deep  [{\"a\":1}]\nnone          {}\n";
        assert_eq!(View::Record.table(&value), expected);
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_shown() {
        assert_eq!(cell(&json!("a\u{1b}[31m\nb\u{9b}")), "a\u{fffd}[31m\u{fffd}b\u{fffd}");
    }
}
