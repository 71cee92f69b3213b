// the viewer's program stands here
