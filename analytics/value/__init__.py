"""What a relationship is worth: orders to come, what they bring, who leaves. Pure maths, no Django."""
