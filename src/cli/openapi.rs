//! `sesame openapi`: what the control surface offers, for programs that make clients of it.

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface, pretty, print};

pub(super) async fn run(surface: &Surface) -> Result<Done, Failure> {
    let document = surface.get(&Path::of(&["openapi.json"])).await?;
    print(&pretty(&document)).map(|()| Done::Well)
}
