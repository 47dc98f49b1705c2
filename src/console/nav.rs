//! The sections of the console, in the order in which they are shown.

/// A section.
pub(super) struct Item {
    /// What a page calls the section it is in.
    pub(super) section: &'static str,
    /// What people read.
    pub(super) title: &'static str,
    /// Its first page.
    pub(super) path: &'static str,
    /// What it is for, on the overview.
    pub(super) text: &'static str,
}

/// All sections.
pub(super) const ITEMS: &[Item] = &[
    Item { section: "overview", title: "Overview", path: "/console", text: "" },
    Item {
        section: "users",
        title: "Users",
        path: "/console/users",
        text: "People and programs: console logon, access keys, MFA devices, policies.",
    },
    Item { section: "groups", title: "Groups", path: "/console/groups", text: "Policies for many users at once." },
    Item {
        section: "roles",
        title: "Roles",
        path: "/console/roles",
        text: "Who may take them on, what they may do, for how long.",
    },
    Item {
        section: "policies",
        title: "Policies",
        path: "/console/policies",
        text: "Your own documents and those the cloud keeps.",
    },
    Item {
        section: "settings",
        title: "Settings",
        path: "/console/settings",
        text: "The rules for passwords and for signing in.",
    },
    Item {
        section: "sessions",
        title: "Sessions",
        path: "/console/sessions",
        text: "Who is signed in now, and who no longer is and why.",
    },
    Item {
        section: "switch",
        title: "Switch role",
        path: "/console/switch-role",
        text: "Act as a role of this account or of another, and come back.",
    },
    Item {
        section: "testers",
        title: "For testers",
        path: "/console/testers",
        text: "The clock, the journal, accounts, and an API explorer.",
    },
];

/// A section as a page shows it.
pub(super) struct Link {
    pub(super) title: &'static str,
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) is_here: bool,
    /// Whether a line parts it from those before: it is no part of the account.
    pub(super) is_apart: bool,
}

/// The sections as a page in one of them shows them.
pub(super) fn links(here: &str) -> Vec<Link> {
    let link = |item: &Item| Link {
        title: item.title,
        path: item.path,
        text: item.text,
        is_here: item.section == here,
        is_apart: item.section == "switch",
    };
    ITEMS.iter().map(link).collect()
}
