"""What is trained: Keras models over one recurrent stack."""
