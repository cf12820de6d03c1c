"""What can be done to endpoints and deliveries, and the courier."""
