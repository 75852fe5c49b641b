package profile

import "context"

type budgetKey struct{}

// WithBudget returns a context whose requests to the clinic count: spend is
// called before each of them, repeated ones included. If it returns an error,
// the request is not sent and fails with that error. spend may be called from
// several goroutines.
func WithBudget(ctx context.Context, spend func() error) context.Context {
	return context.WithValue(ctx, budgetKey{}, spend)
}

// SpendRequest is called by a Source before each request. An error is that of
// an exhausted budget.
func SpendRequest(ctx context.Context) error {
	if spend, ok := ctx.Value(budgetKey{}).(func() error); ok {
		return spend()
	}
	return nil
}
