"""The parts that the acceptance tests share."""
