package valdhub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach"
)

const (
	// maxBody is the size in bytes of the largest answer that is read. The list has
	// no pages: a profile takes about 400 bytes of it.
	maxBody = 64 << 20
	// tries is the number of attempts, including the first.
	tries = 5
	// maxWait is the longest wait for VALD Hub to take requests again; for longer
	// ones the person is told until when.
	maxWait = 2 * time.Minute
)

// accepted are the good answers to a request.
type accepted map[int]bool

var (
	emptyIsNone = accepted{http.StatusOK: true, http.StatusNoContent: true}
	onlyData    = accepted{http.StatusOK: true}
	onlyEmpty   = accepted{http.StatusNoContent: true}
)

// call is one request to the API.
type call struct {
	method string
	base   *url.URL
	path   string
	query  url.Values
	body   []byte
	accept accepted
}

// retrying repeats what only reads, where that may help.
func (c *Client) retrying(ctx context.Context, try func() error) error {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval, policy.MaxInterval = c.pause, 20*c.pause
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := try()
		if err == nil || !isTransient(err) {
			return struct{}{}, permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(policy), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(0))
	var ended *backoff.PermanentError
	if errors.As(err, &ended) {
		err = ended.Err
	}
	if cancelled := context.Cause(ctx); cancelled != nil && err != nil {
		return cancelled
	}
	return err
}

func permanent(err error) error {
	if err == nil {
		return nil
	}
	return backoff.Permanent(err)
}

// isTransient reports whether the same request may succeed in a moment.
func isTransient(err error) bool {
	var later *backoff.RetryAfterError
	switch profile.CodeOf(err) {
	case profile.RateLimited:
		return !errors.As(err, &later) || later.Duration <= maxWait
	case profile.Offline, profile.TimedOut, profile.HubTrouble, profile.ConnectionBlocked, profile.ProxyUnreachable, profile.ProxyRefused:
		return true
	}
	return false
}

// enter waits for the turn of one request, and counts it.
func (c *Client) enter(ctx context.Context) error {
	if _, err := c.pace.turn(ctx); err != nil {
		return err
	}
	c.requests.Add(1)
	return nil
}

// send sends one request and returns the body of a good answer. Where VALD Hub
// does not accept the token, it asks for another one, once.
func (c *Client) send(ctx context.Context, what call) ([]byte, error) {
	token, err := c.bearer(ctx, nil)
	if err != nil {
		return nil, err
	}
	body, err := c.sendWith(ctx, what, token.AccessToken)
	if profile.CodeOf(err) != profile.HubRefused {
		return body, err
	}
	if token, err = c.bearer(ctx, token); err != nil {
		return nil, err
	}
	return c.sendWith(ctx, what, token.AccessToken)
}

func (c *Client) sendWith(ctx context.Context, what call, token string) ([]byte, error) {
	address := *what.base
	address.Path += what.path
	address.RawQuery = what.query.Encode()
	followed, trace := reach.Follow(ctx)
	request, err := http.NewRequestWithContext(followed, what.method, address.String(), bytes.NewReader(what.body))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	if what.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if err := c.enter(ctx); err != nil {
		return nil, err
	}
	response, err := c.network.HTTP.Do(request)
	if err != nil {
		return nil, c.network.Explain(ctx, trace, what.base.Hostname(), err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.largest+1))
	c.network.LearnTime(response.Header)
	switch {
	case err != nil:
		return nil, c.network.Explain(ctx, trace, what.base.Hostname(), err)
	case int64(len(body)) > c.largest:
		return nil, because(profile.AnswerTooLarge, nil)
	case what.accept[response.StatusCode] && !isWebPage(response, body):
		return body, nil
	}
	return nil, refusal(response, body)
}

// refusal turns an answer that is none into an error.
func refusal(response *http.Response, body []byte) error {
	status := response.StatusCode
	cause := fmt.Errorf("VALD Hub answered %d", status)
	switch {
	case status == http.StatusProxyAuthRequired:
		return because(profile.ProxySignIn, cause)
	case status == http.StatusTooManyRequests:
		return rateLimited(response, cause)
	case status == http.StatusNetworkAuthenticationRequired, status >= 300 && status < 400, status < 500 && isWebPage(response, body):
		return because(profile.LoginPage, cause)
	case status == http.StatusUnauthorized:
		return because(codeRefused, cause)
	case status == http.StatusForbidden:
		return because(profile.HubForbidden, cause)
	case status == http.StatusNotFound:
		return &profile.Error{Code: profile.NotFound, Cause: cause, Message: "VALD Hub has no such profile in this organisation. Compare again."}
	case status == http.StatusBadRequest:
		return rejected(body)
	case status >= 500, status == http.StatusRequestTimeout, status < 300:
		return because(profile.HubTrouble, cause)
	}
	return because(profile.HubRejected, cause)
}

// rateLimited is the error of a 429, with the wait that the answer asks for.
func rateLimited(response *http.Response, cause error) error {
	limited := because(profile.RateLimited, cause)
	wait, ok := retryAfter(response.Header)
	if !ok {
		return limited
	}
	limited.Until = time.Now().Add(wait)
	if wait > maxWait {
		limited.Message = "VALD Hub has received many requests and asks TeleHab to send no more until " + limited.Until.Local().Format("15:04 on 2 January") + ". Try again then."
	}
	return errors.Join(limited, &backoff.RetryAfterError{Duration: wait})
}

// retryAfter reads how long to wait: seconds, or a date measured by the server's
// clock. It is at most a day.
func retryAfter(header http.Header) (wait time.Duration, ok bool) {
	const most = 24 * time.Hour
	asked := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(asked, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, most), true
	}
	at, err := http.ParseTime(asked)
	date := reach.ServerTime(header)
	if err != nil || date.IsZero() || at.Before(date) {
		return 0, false
	}
	return min(at.Sub(date), most), true
}

func isWebPage(response *http.Response, body []byte) bool {
	return strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") || isPage(body)
}

func isPage(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

// decode reads an answer. Fields that are not declared are skipped. Its error
// contains no values.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return unexpected("an answer that cannot be read")
	}
	return nil
}
