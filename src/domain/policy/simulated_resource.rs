//! What of AWS's services simulations know of resources; must not know what policies say.

/// Services all of whose actions are about resources of their own: recorded of both is that nothing permits their
/// actions on resources of the other.
const ON_OWN_RESOURCES: [&str; 2] = ["iam", "s3"];

/// Whether an action can be about a resource at all.
pub(super) fn can_act_on(action: &str, resource: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    let of_resource = resource.split(':').nth(2);
    resource == "*" || !ON_OWN_RESOURCES.contains(&service) || of_resource == Some(service)
}

/// Whether a text can be a simulated resource.
pub(super) fn is_resource(text: &str) -> bool {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, _, _, rest] = fields[..] else { return false };
    [partition, service, rest].iter().all(|field| !field.is_empty())
}

/// The names that several resources of an action's service are shown under together: of `iam` recorded for every
/// action, of the others for one or a few. What AWS has for other services is not known here.
pub fn shown_resources(action: &str) -> &'static str {
    match action.split(':').next() {
        Some("iam") => "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}",
        Some("s3") => "arn:aws:s3:::${BucketName}/${KeyName}",
        Some("ec2") => "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}",
        _ => "*",
    }
}
