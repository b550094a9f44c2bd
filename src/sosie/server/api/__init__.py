"""Routes, one file a topic. They are thin: what they answer is made by the pipeline, the review and the views."""
