//! Pure geometry and picture maths: camera models, poses, rays and surfaces.
