"""Embeddings: CLIP and its like, from the machine itself, a service, Gemini or Hugging Face, in one chain."""
