package main

import (
	"errors"
	"fmt"
	"image/color"
	"os"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	chartWidth  = 24 * vg.Centimeter
	panelHeight = 6 * vg.Centimeter
)

// writeChart draws the comparisons as an SVG image, a panel for each metric of each.
func writeChart(path string, comparisons []*Comparison) error {
	var panels [][]*plot.Plot
	for _, c := range comparisons {
		for _, metric := range c.Metrics {
			panel, err := c.panel(metric)
			if err != nil {
				return fmt.Errorf("chart of %s, %s: %w", c.Name, metric.Name, err)
			}
			panels = append(panels, []*plot.Plot{panel})
		}
	}
	if len(panels) == 0 {
		return errors.New("there is nothing to draw a chart of")
	}
	image := vgsvg.New(chartWidth, panelHeight*vg.Length(len(panels)))
	const margin = vg.Centimeter / 2
	tiles := draw.Tiles{
		Rows: len(panels), Cols: 1,
		PadTop: margin, PadBottom: margin, PadLeft: margin, PadRight: margin, PadY: 2 * margin,
	}
	for i, row := range plot.Align(panels, tiles, draw.New(image)) {
		panels[i][0].Draw(row[0])
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = image.WriteTo(file)
	return errors.Join(err, file.Close())
}

// A bar is what a chart shows of a subject.
type bar struct {
	name             string
	center, min, max float64
	label            string
}

// bars are in the order of the axis, from the bottom up. Subjects that lack the
// metric have none.
func (c *Comparison) bars(metric Metric) []bar {
	var bars []bar
	for i := range slices.Backward(c.Subjects) {
		s := &c.Subjects[i]
		values := s.Samples[metric.Name]
		if len(values) == 0 {
			continue
		}
		b := bar{name: s.Name, center: summarize(values).Center, min: slices.Min(values), max: slices.Max(values)}
		b.label = format(b.center)
		if ratios := c.ratios(s, metric.Name); len(ratios) > 0 {
			b.label += fmt.Sprintf(" (%.2f ×)", summarize(ratios).Center)
		}
		bars = append(bars, b)
	}
	return bars
}

// panel draws medians as bars, each with a line from the least to the most.
func (c *Comparison) panel(metric Metric) (*plot.Plot, error) {
	var (
		names   []string
		centers plotter.Values
		spread  struct {
			plotter.XYs
			plotter.XErrors
		}
		labels plotter.XYLabels
	)
	for i, bar := range c.bars(metric) {
		names = append(names, bar.name)
		centers = append(centers, bar.center)
		spread.XYs = append(spread.XYs, plotter.XY{X: bar.center, Y: float64(i)})
		spread.XErrors = append(spread.XErrors, struct{ Low, High float64 }{bar.center - bar.min, bar.max - bar.center})
		labels.XYs = append(labels.XYs, plotter.XY{X: bar.max, Y: float64(i)})
		labels.Labels = append(labels.Labels, bar.label)
	}
	panel := plot.New()
	panel.Title.Text = c.Title
	panel.Title.Padding = vg.Points(6)
	panel.X.Label.Text = metric.String()
	if len(names) == 0 {
		return panel, nil
	}
	bars, err := plotter.NewBarChart(centers, vg.Points(14))
	if err != nil {
		return nil, err
	}
	bars.Horizontal = true
	bars.LineStyle.Width = 0
	bars.Color = color.RGBA{R: 0x7f, G: 0xb2, B: 0xdb, A: 0xff}
	lines, err := plotter.NewXErrorBars(spread)
	if err != nil {
		return nil, err
	}
	texts, err := plotter.NewLabels(labels)
	if err != nil {
		return nil, err
	}
	texts.Offset = vg.Point{X: vg.Points(6), Y: vg.Points(-3)}
	panel.Add(bars, lines, texts)
	panel.NominalY(names...)
	panel.X.Min = 0
	// Room for the longest bar's label.
	panel.X.Max = 1.2 * panel.X.Max
	return panel, nil
}
