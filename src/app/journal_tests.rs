//! The journal as those who follow it read it.

use super::*;

fn entry(id: &str) -> Entry {
    Entry {
        request_id: id.to_owned(),
        time: "2026-11-21T10:00:00Z".to_owned(),
        dialect: "aws/iam",
        action: "ListUsers".to_owned(),
        account: Some(id.chars().take(1).collect()),
        principal: None,
        access_key_id: None,
        parameters: Parameters::default(),
        status: 200,
        error: None,
        message: None,
        source_address: None,
        user_agent: None,
        duration_us: 1,
        decision: None,
        fault: None,
        checks: Vec::new(),
        unchecked: Vec::new(),
        cloud: Cloud::Aws,
        refused_at: None,
        scheme: None,
        caller: None,
        entrance: None,
    }
}

fn ids(passage: &Passage) -> Vec<&str> {
    passage.entries.iter().map(|entry| entry.request_id.as_str()).collect()
}

#[test]
fn readers_go_on_from_their_place_and_are_told_what_they_missed() {
    let journal = Journal::new(3, usize::MAX);
    assert_eq!((journal.end(), journal.read(0, 9).next), (0, 0));
    for id in ["a1", "a2", "b3"] {
        journal.add(entry(id));
    }
    let first = journal.read(0, 2);
    assert_eq!((ids(&first), first.next, first.missed), (vec!["a1", "a2"], 2, 0));
    for id in ["a4", "b5", "b6"] {
        journal.add(entry(id));
    }
    let second = journal.read(first.next, 9);
    assert_eq!((ids(&second), second.next, second.missed), (vec!["a4", "b5", "b6"], 6, 1));
    assert!(ids(&journal.read(6, 9)).is_empty());
    assert_eq!((journal.after("b5"), journal.after("a1"), journal.end()), (Some(5), None, 6));
}

#[test]
fn what_was_cleared_moves_nobody() {
    let journal = Journal::new(10, usize::MAX);
    for id in ["a1", "b2", "a3", "b4"] {
        journal.add(entry(id));
    }
    journal.clear(Some("a"));
    let rest = journal.read(0, 9);
    assert_eq!((ids(&rest), rest.next, rest.missed), (vec!["b2", "b4"], 4, 0));
    journal.clear(None);
    assert_eq!(journal.read(2, 9).next, 4);
    journal.add(entry("a5"));
    assert_eq!(ids(&journal.read(4, 9)), ["a5"]);
}

#[test]
fn the_oldest_make_room_for_bytes() {
    let heavy = |id: &str| {
        let pair = |n: u32| (format!("Name{n}"), "v".repeat(900));
        Entry { parameters: Parameters((0..100).map(pair).collect()), ..entry(id) }
    };
    let one = heavy("a1").weight();
    assert!((95_000..110_000).contains(&one), "{one}");
    let journal = Journal::new(10_000, 1_000_000);
    for n in 0..120 {
        journal.add(heavy(&format!("a{n}")));
        assert!(journal.bytes() <= 1_000_000, "{}", journal.bytes());
    }
    let rest = journal.read(0, 999);
    let kept = 1_000_000 / one;
    assert_eq!((rest.entries.len(), rest.missed), (kept, 120 - kept as u64));
    assert_eq!(rest.entries.last().unwrap().request_id, "a119");
    journal.clear(Some("a"));
    assert_eq!(journal.bytes(), 0);
}

#[test]
fn the_newest_stays_whatever_it_weighs() {
    let journal = Journal::new(10, 1);
    journal.add(entry("a1"));
    journal.add(entry("b2"));
    assert_eq!(ids(&journal.read(0, 9)), ["b2"]);
}

#[test]
fn those_who_wait_are_woken() {
    let journal = Journal::new(1, usize::MAX);
    let newest = journal.watch();
    assert!(!newest.has_changed().unwrap());
    journal.add(entry("a1"));
    assert!(newest.has_changed().unwrap());
}
