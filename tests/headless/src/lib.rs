//! A phone without a phone: a rendered scene, a real encoder, and the demo.
