// Never assembled: its name is what is tested.
