"""What happens at places: activities with hours, languages and who may come."""
