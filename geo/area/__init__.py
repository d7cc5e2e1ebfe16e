"""What an area is: network, people, places, activities, protected housing, its folder on disk."""
