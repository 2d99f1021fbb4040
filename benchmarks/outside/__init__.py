"""How labels, headings and sentences stand beside what people marked who never saw this project."""
