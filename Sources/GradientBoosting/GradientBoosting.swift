// The room GradientBoosting.
