// The few loops that Swift cannot do well: prefetch, processor hints and loops compiled for several
// instruction sets. Every function has the prefix mlk_ and is compared with the obvious loop in the
// tests.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "mlk_binning.h"
#include "mlk_bundle.h"
#include "mlk_dot_rows.h"
#include "mlk_embedding.h"
#include "mlk_forest.h"
#include "mlk_gradients.h"
#include "mlk_histogram.h"
#include "mlk_interactions.h"
#include "mlk_interleave.h"
#include "mlk_leaf_steps.h"
#include "mlk_normal.h"
#include "mlk_partition.h"
#include "mlk_shapley.h"
#include "mlk_shapley_row.h"
#include "mlk_softmax.h"
#include "mlk_split_scan.h"
#include "mlk_threads.h"
#include "mlk_top_k.h"
#include "mlk_tree_walk.h"
#include "mlk_vector_math.h"

#endif
