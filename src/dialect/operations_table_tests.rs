//! Holds `docs/operations.md` to the tables of the dialects and to the models of the clouds.

use std::fmt::Write as _;
use std::path::Path;

use super::{alibaba, aws};

/// The page as the tables would have it.
fn page() -> String {
    let mut page =
        "# Operations\n\nMade from the tables of the dialects: a test compares it with them. What is not there \
                    answers HTTP 501 in the cloud's own error envelope.\n"
            .to_owned();
    for (cloud, all) in [("Alibaba Cloud", alibaba::all_operations()), ("AWS", aws::all_operations())] {
        let mut api = "";
        for (title, name, built) in &all {
            if *title != api {
                api = title;
                let of_api = || all.iter().filter(|(other, _, _)| other == title);
                let (there, count) = (of_api().filter(|(_, _, built)| *built).count(), of_api().count());
                let _ = write!(
                    page,
                    "\n## {cloud}: {title} ({there} of {count})\n\n| operation | state |\n| --- | --- |\n"
                );
            }
            let _ = writeln!(page, "| {name} | {} |", if *built { "built" } else { "501" });
        }
    }
    page
}

#[test]
fn the_page_of_operations_says_what_is_built() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let written = std::fs::read_to_string(root.join("docs/operations.md")).unwrap_or_default();
    if written != page() {
        let made = root.join("target/operations.md");
        std::fs::create_dir_all(root.join("target")).unwrap();
        std::fs::write(&made, page()).unwrap();
        panic!("docs/operations.md is out of date; what it should be was written to target/operations.md");
    }
}
