//! The sections of the console, in the order in which they are shown.

/// A section.
pub(super) struct Item {
    /// What a page calls the section it is in.
    pub(super) section: &'static str,
    /// What people read.
    pub(super) title: &'static str,
    /// Its first page.
    pub(super) path: &'static str,
}

/// All sections.
pub(super) const ITEMS: &[Item] = &[
    Item { section: "overview", title: "Overview", path: "/console" },
    Item { section: "users", title: "Users", path: "/console/users" },
    Item { section: "groups", title: "Groups", path: "/console/groups" },
    Item { section: "roles", title: "Roles", path: "/console/roles" },
    Item { section: "policies", title: "Policies", path: "/console/policies" },
    Item { section: "settings", title: "Settings", path: "/console/settings" },
    Item { section: "sessions", title: "Sessions", path: "/console/sessions" },
    Item { section: "switch", title: "Switch role", path: "/console/switch-role" },
    Item { section: "testers", title: "For testers", path: "/console/testers" },
];

/// A section as a page shows it.
pub(super) struct Link {
    pub(super) title: &'static str,
    pub(super) path: &'static str,
    pub(super) is_here: bool,
}

/// The sections as a page in one of them shows them.
pub(super) fn links(here: &str) -> Vec<Link> {
    let link = |item: &Item| Link { title: item.title, path: item.path, is_here: item.section == here };
    ITEMS.iter().map(link).collect()
}
